import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { copyFile, mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeClips } from '../support/clips.js';
import { engines } from '../support/engines.js';
import { goldenPath } from '../support/goldenFolder.js';
import { goldenJson } from '../support/goldenModel.js';
import { describeShared, shared } from '../support/shared.js';

const require = createRequire(import.meta.url);
const viteNode = join(dirname(require.resolve('vite-node/package.json')), 'vite-node.mjs');
const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const [engine] = await engines();

/** `solireward` with these arguments, as a process of its own. */
function start(args: string[]): { child: ChildProcess; end: Promise<{ code: number | null; text: string }> } {
  const child = spawn(process.execPath, [viteNode, '--script', cli, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      text += data;
    });
  }
  return { child, end: new Promise((resolve) => child.on('close', (code) => resolve({ code, text }))) };
}

describe('solireward score', () => {
  const model = goldenPath('checkpoints', 'internvl3-tiny');
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'score-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const args = (input: string, output: string, ...more: string[]) => [
    ...['score', '--model', model, '--input', input, '--output', output, '--engine', engine],
    ...more,
  ];
  const lines = async (path: string) =>
    (await readFile(path, 'utf8'))
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));

  describeShared('on real clips', () => {
    it('gives the official scores, and the reasons of what has none', async () => {
      interface Case {
        clip: string;
        task: string;
        prompt: string;
        reward: number;
      }
      const cases = (goldenJson('checkpoints', 'internvl3-tiny', 'e2e.json').cases as Case[]).filter(
        ({ task }) => task === 'text_alignment',
      );
      const broken = join(folder, 'broken.mp4');
      await copyFile(fileURLToPath(import.meta.url), broken);
      const good = cases.map(({ clip, prompt }) => ({ video_path: shared('data', clip), prompt }));
      const items = [
        ...good,
        { video_path: join(folder, 'nowhere.mp4'), prompt: 'x' },
        { video_path: broken, prompt: 'x' },
        good[0],
        { video_path: good[1].video_path },
      ];
      const [input, output] = [join(folder, 'cases.json'), join(folder, 'new', 'cases.jsonl')];
      await writeFile(input, JSON.stringify(items));
      const { code, text } = await start(args(input, output, '--task', 'text_alignment')).end;
      expect(text).toContain(
        `${good.length + 1} of ${items.length} items have a score, 3 failed; all are in ${output}`,
      );
      expect(text).toMatch(/mean 0\.\d{4}, min 0\.\d{4}, max 0\.\d{4}, standard deviation 0\.\d{4}/);
      expect(code).toBe(1);

      const found = await lines(output);
      expect(found.map(({ index }) => index)).toEqual([...items.keys()]);
      // Not closer: builds of ffmpeg convert colours in ways that differ by up to three levels of 255.
      const rewards = cases.map(({ reward }) => reward);
      expect(found.slice(0, rewards.length).map(({ score }) => score)).toBeAllclose(rewards, {
        rtol: 0,
        atol: 0.03,
      });
      expect(found[good.length].error).toContain('nowhere.mp4');
      expect(found[good.length + 1].error).toContain('broken.mp4');
      expect(found[good.length + 2].score).toBe(found[0].score);
      expect(found[good.length + 3].error).toContain('has no prompt');
    });
  });

  it('resumes where it was killed', async () => {
    const paths = (await makeClips(folder, 6)).map(({ path }) => path);
    const input = join(folder, 'many.json');
    await writeFile(
      input,
      JSON.stringify([...paths, ...paths.slice(0, 2)].map((path) => ({ video_path: path }))),
    );
    const whole = join(folder, 'whole.jsonl');
    expect(await start(args(input, whole, '--batch-size', '1')).end).toMatchObject({ code: 0 });

    // A pipe that nobody writes into, in place of a clip: the process waits there until it is killed.
    const stuck = paths[4];
    await rename(stuck, `${stuck}.kept`);
    execFileSync('mkfifo', [stuck]);
    const killed = join(folder, 'killed.jsonl');
    const { child, end } = start(args(input, killed, '--batch-size', '1'));
    const count = () =>
      readFile(killed, 'utf8').then(
        (text) => text.split('\n').length - 1,
        () => 0,
      );
    while ((await count()) < 3) await setTimeout(5);
    child.kill('SIGKILL');
    // Opened and closed, the pipe lets go of the process that reads clips.
    await (await open(stuck, constants.O_RDWR | constants.O_NONBLOCK)).close();
    await end;
    expect(await count()).toBeLessThan(5);
    await rename(`${stuck}.kept`, stuck);
    expect(await start(args(input, killed, '--batch-size', '1')).end).toMatchObject({ code: 0 });
    expect(await readFile(killed, 'utf8')).toBe(await readFile(whole, 'utf8'));
  }, 600_000);
});
