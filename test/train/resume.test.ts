import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { readRun } from '../../src/train/run.js';
import { engines } from '../support/engines.js';

const viteNode = join(
  dirname(createRequire(import.meta.url).resolve('vite-node/package.json')),
  'vite-node.mjs',
);
const script = fileURLToPath(new URL('../support/killedRun.ts', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'resume-'));
afterAll(() => rmSync(root, { recursive: true }));

/** Trains in a child process; kills it, without a warning, some milliseconds after it has made so many steps. */
function train(
  folder: string,
  kill?: { steps: number; delay: number },
): Promise<{ steps: number; killed: boolean }> {
  const child = spawn(process.execPath, [viteNode, script, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  let steps = 0;
  let complaint = '';
  child.stderr.on('data', (data) => {
    complaint += data;
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('step ') && ++steps === kill?.steps)
      setTimeout(() => child.kill('SIGKILL'), kill.delay);
  });
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (code === 0 || signal === 'SIGKILL') resolve({ steps, killed: signal === 'SIGKILL' });
      else reject(new Error(complaint));
    });
  });
}

const native = (await engines()).includes('native');

describe.skipIf(!native)('a run that is killed (native engine)', () => {
  it('ends with exactly the weights, moments and log of an uninterrupted one', async () => {
    const [whole, parts] = [join(root, 'whole'), join(root, 'parts')];
    expect(await train(whole)).toEqual({ steps: 16, killed: false });

    const random = new Random(Date.now());
    const kills: object[] = [];
    for (let i = 0; i < 3; i++) {
      const kill = { steps: 1 + random.integer(5), delay: random.integer(60) };
      kills.push(kill);
      const { killed } = await train(parts, kill);
      if (i === 0) expect(killed).toBe(true);
    }
    await train(parts);

    const last = join('checkpoints', 'step-16');
    for (const file of ['model.safetensors', 'optimizer.safetensors', 'state.json']) {
      const [expected, received] = [whole, parts].map((folder) => readFileSync(join(folder, last, file)));
      expect(received.equals(expected), `${file} after kills ${JSON.stringify(kills)}`).toBe(true);
    }
    const numbers = async (folder: string) =>
      (await readRun(folder)).history.map(
        ({ secondsPerStep: _, clipsPerSecond: __, waiting: ___, ...record }) => record,
      );
    expect(await numbers(parts)).toEqual(await numbers(whole));
  }, 300_000);
});
