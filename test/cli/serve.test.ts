import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli.js';
import { load, save } from '../../src/model/load.js';
import { newHead } from '../../src/model/newHead.js';
import { tiny } from '../../src/model/tiny.js';
import { makeClips } from '../support/clips.js';
import { capturePrinted, complained } from '../support/printed.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const python = join(root, '.venv', 'bin', 'python');

describe('solireward serve', () => {
  let folder: string;
  let model: string;
  let clip: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'serve-cli-'));
    model = join(folder, 'model');
    const made = await tiny({ dimension: 'physics', seed: 1, config: { numSegments: 2 } });
    await save(made, model);
    made.dispose();
    [{ path: clip }] = await makeClips(folder, 1);
    await writeFile(join(folder, 'token'), 'a secret\n');
  });
  afterAll(() => rm(folder, { recursive: true }));

  let child: ChildProcess | undefined;
  afterEach(() => {
    child?.kill('SIGKILL'); // where a test has failed before it told it to end
    child = undefined;
  });

  /** A server, and the lines of its log. */
  async function start(...more: string[]) {
    const args = [join(root, 'dist/src/cli.js'), 'serve', '--model', model, '--port', '0', '--root', folder];
    child = spawn(process.execPath, [...args, ...more], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout as Readable })[Symbol.asyncIterator]();
    const line = async () => JSON.parse((await lines.next()).value);
    const { serving } = await line();
    return { line, address: serving as string, ended: once(child, 'close') };
  }

  it("answers the docs' Python client, logs a line a request, and ends when it is told to", async () => {
    const { line, address, ended } = await start('--token-file', join(folder, 'token'), '--engine', 'wasm');
    const page = await readFile(join(root, 'docs', 'serving.md'), 'utf8');
    const [, script] = /```python\n(.*?)```/s.exec(page) ?? [];
    const client = spawn(python, ['-c', script], {
      env: { ...process.env, REWARD_URL: address, REWARD_TOKEN: 'a secret', CLIP: clip, NO_PROXY: '*' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    client.stdout.on('data', (data) => {
      said += data;
    });
    const [code] = await once(client, 'close');
    expect(code).toBe(0);
    expect(said).toMatch(/^\{'physics': \{'physics': -?\d[\d.e-]*\}\}\n$/);
    expect(await line()).toMatchObject({ method: 'POST', path: '/score', status: 200, clips: 1, failed: 0 });
    child?.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
  });

  it('serves models of one name as heads over one backbone, each dimension a number of the answer', async () => {
    const base = await load(model);
    const other = join(folder, 'other');
    await save(newHead(base, { seed: 2, layers: base.config.layers }), other, {
      card: { dimension: 'deformity' },
    });
    base.dispose();
    child = spawn(
      process.execPath,
      [
        ...[join(root, 'dist/src/cli.js'), 'serve', '--port', '0', '--root', folder, '--engine', 'wasm'],
        ...['--model', `quality=${model}`, '--model', `quality=${other}`],
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const lines = createInterface({ input: child.stdout as Readable })[Symbol.asyncIterator]();
    const { serving } = JSON.parse((await lines.next()).value);
    const response = await fetch(`${serving}/v1/scores`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ clips: [{ path: clip, id: 'a' }] }),
    });
    const { reward, scores } = await response.json();
    expect(reward).toBe('quality');
    expect(scores).toEqual([
      { id: 'a', metrics: { physics: expect.any(Number), deformity: expect.any(Number) } },
    ]);
    expect(scores[0].metrics.physics).not.toBe(scores[0].metrics.deformity);
  });

  describe('refuses', () => {
    capturePrinted();
    it.each([
      [[], 'serve needs --model'],
      [['x', '--model', 'm'], "serve takes no argument 'x'"],
      [['--model', 'm', '--port', 'http'], "--port takes a number, received 'http'"],
      [['--model', 'a=m', '--model', 'm'], 'several models need a name each: --model NAME=DIR'],
    ])('%j', async (args, reason) => {
      expect(await main(['serve', ...args])).toBe(2);
      expect(complained[0]).toContain(`solireward: ${reason}`);
    });
  });
});
