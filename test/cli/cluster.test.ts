import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { main } from '../../src/cli.js';
import { videoLimits } from '../../src/data/video/videoLimits.js';
import { makeClips } from '../support/clips.js';
import { engines } from '../support/engines.js';
import { goldenPath } from '../support/goldenFolder.js';
import { capturePrinted, complained, printed } from '../support/printed.js';

const [engine] = await engines();
const model = goldenPath('checkpoints', 'internvl3-tiny');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cluster-'));
});
afterAll(() => rm(folder, { recursive: true }));
capturePrinted();

it('plans, scores shards, says how far it is, and merges what one machine would have made', async () => {
  const paths = [...(await makeClips(folder, 4)).map(({ path }) => path), join(folder, 'nowhere.mp4')];
  const [input, whole, run] = ['items.json', 'whole.jsonl', 'run'].map((name) => join(folder, name));
  await writeFile(input, JSON.stringify(paths.map((path) => ({ video_path: path }))));
  const settings = ['--model', model, '--input', input, '--batch-size', '1', '--engine', engine];
  expect(await main(['score', ...settings, '--output', whole])).toBe(1);

  const { idleSeconds } = videoLimits;
  const shards = ['cluster', 'plan', ...settings, '--run', run, '--shards', '2', '--limit', 'idleSeconds=77'];
  expect(await main(shards)).toBe(0);
  expect(printed.at(-1)).toBe(`5 items in 2 shards are planned in ${run}`);
  expect(await main(['score', '--run', run, '--shard', '1/2'])).toBe(0);
  expect(printed.at(-1)).toMatch(/^shard 1 of 2 is done: 3 items, 1 failed, [\d.]+ s on \w+, /);
  expect(await main(['cluster', 'status', '--run', run])).toBe(1);
  expect(printed.at(-1)).toContain(
    '1 of 2 shards done, 0 running, 0 failed, 1 waiting; 3 of 5 items, 1 of them failed',
  );
  expect(await main(['cluster', 'merge', '--run', run])).toBe(1);
  expect(complained.at(-1)).toContain('1 of 2 shards have no valid manifest (0)');
  expect(await main(['score', '--run', run, '--shard', '0-1/2'])).toBe(0);
  expect(printed.at(-1)).toContain('shard 1 of 2 was done before');
  expect(await main(['cluster', 'status', '--run', run])).toBe(0);
  expect(await main(['cluster', 'merge', '--run', run])).toBe(0);
  const merged = join(run, 'scores.jsonl');
  expect(printed.at(-2)).toBe(`5 items, 4 done, 1 failed; all are in ${merged}`);
  expect(await readFile(merged, 'utf8')).toBe(await readFile(whole, 'utf8'));
  expect(videoLimits.idleSeconds).toBe(77);
  videoLimits.idleSeconds = idleSeconds;
});

it.each([
  [['cluster'], 'cluster takes one of plan, '],
  [['cluster', 'dance'], "received 'dance'"],
  [['cluster', 'plan', '--run', 'x'], 'cluster plan needs --run, --input and --model'],
  [['cluster', 'status'], 'cluster status needs --run'],
  [['cluster', 'merge', 'x'], "cluster merge takes no argument 'x'"],
  [['score', '--shard', '0/2'], 'score takes --run and --shard together'],
  [['score', '--shard', '0/2', '--run', 'x', '--input', 'y'], 'all else from the plan of the run'],
  [['features', '--run', 'x'], 'features needs --run and --shard'],
])('refuses %j', async (args, message) => {
  expect(await main(args)).toBe(2);
  expect(complained[0]).toContain(message);
});
