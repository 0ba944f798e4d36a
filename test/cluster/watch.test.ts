import { afterEach, beforeEach, expect, it } from 'vitest';
import { mime } from '../../src/base/host.js';
import { watch } from '../../src/cluster/watch.js';
import { insideNotebook } from '../support/fakeHost.js';
import { numbered, ShardRun } from '../support/shardRun.js';

const notebook = insideNotebook();
let run: ShardRun;
beforeEach(async () => {
  run = await ShardRun.of([...numbered(3), { video_path: 'bad.mp4' }], 2);
});
afterEach(() => run.remove());

it('shows a run in one output until all shards are done', async () => {
  await run.score(1);
  const watching = watch(run.run);
  while (notebook.shown.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await run.score(0);
  expect(await watching).toMatchObject({ isComplete: true, done: 2, made: 3, failedItems: 1 });
  const [first, last] = [notebook.shown[0], notebook.shown.at(-1)];
  expect(first.bundle[mime.text]).toContain(
    '1 of 2 shards done, 0 running, 0 failed, 1 waiting; 2 of 4 items, 1 of them failed',
  );
  expect(first.bundle[mime.html]).toContain('CLIP: no number');
  expect(last?.bundle[mime.text]).toContain('2 of 2 shards done');
  expect(last?.options).toEqual({ ...first.options, update: true });
});

it('ends when it is told to, and says how far the run is', async () => {
  const controller = new AbortController();
  const watching = watch(run.run, { signal: controller.signal });
  controller.abort();
  expect(await watching).toMatchObject({ isComplete: false, waiting: [0, 1] });
});
