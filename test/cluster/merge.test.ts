import { appendFile, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { jupyterDisplay, mime } from '../../src/base/host.js';
import { thisProcess } from '../../src/base/owner.js';
import { merge } from '../../src/cluster/merge.js';
import { plan } from '../../src/cluster/plan.js';
import { status } from '../../src/cluster/status.js';
import { file } from '../../src/score/file.js';
import { goldenPath } from '../support/goldenFolder.js';
import { numbered, numbering, ShardRun } from '../support/shardRun.js';

let run: ShardRun;
beforeEach(async () => {
  run = await ShardRun.of([...numbered(9), { video_path: 'bad.mp4' }, null], 4);
});
afterEach(() => run.remove());

it('joins shards into the file that one machine makes, and again the same', async () => {
  const whole = join(run.folder, 'whole.jsonl');
  await file(numbering, { input: run.input, output: whole, batchSize: 2, prompts: run.plan.prompts });
  for (const shard of [2, 0, 3, 1]) await run.score(shard);
  const merged = await merge(run.run);
  expect(merged).toEqual({
    output: join(run.run, 'scores.jsonl'),
    items: 11,
    made: 9,
    failed: 2,
    failures: [
      { reason: 'probe: cannot read CLIP: no number', items: 1, first: 9 },
      { reason: 'expected an object, received null', items: 1, first: 10 },
    ],
    engines: { cpu: 4 },
  });
  const text = await readFile(whole, 'utf8');
  expect(await readFile(merged.output, 'utf8')).toBe(text);
  expect(await merge(run.run)).toEqual(merged);
  expect(await readFile(merged.output, 'utf8')).toBe(text);
  // What made it is beside it, so that `score.file` finds nothing to do.
  const result = await file(numbering, {
    ...{ input: run.input, output: merged.output, batchSize: 2, prompts: run.plan.prompts },
  });
  expect(result).toMatchObject({ total: 11, failed: 2 });
});

it('refuses to end before every shard is done, and says which are not', async () => {
  await run.score(1);
  await expect(merge(run.run)).rejects.toThrow(
    '3 of 4 shards have no valid manifest (0,2-3), 0 of them are being worked on; resubmit starts the others',
  );
  expect(await readdir(run.run)).not.toContain('scores.jsonl');
});

it('sets aside a shard whose bytes are not those of its manifest', async () => {
  await run.scoreAll();
  const { output } = JSON.parse(await readFile(run.file(2, 'json'), 'utf8'));
  const path = join(run.run, 'shards', output.file);
  await writeFile(path, (await readFile(path, 'utf8')).replace('"score":3', '"score":4'));
  await expect(merge(run.run)).rejects.toThrow(
    'has other bytes than its manifest says, so shard 2 counts as not done',
  );
  expect(await status(run.run)).toMatchObject({ done: 3, waiting: [2] });
  await run.score(2);
  expect(await merge(run.run)).toMatchObject({ items: 11 });
});

it('refuses shards that different things have made, and says how they differ', async () => {
  await run.scoreAll();
  const path = run.file(3, 'json');
  const manifest = JSON.parse(await readFile(path, 'utf8'));
  manifest.madeBy.ffmpeg = 'another';
  await writeFile(path, JSON.stringify(manifest));
  await expect(merge(run.run)).rejects.toThrow(/the same thing \(0-2: ffmpeg .*; 3: ffmpeg "another"\)/);
});

it('says how far a run is by what is on the disk', async () => {
  await run.score(0);
  await run.score(3);
  await expect(run.score(1, { load: () => Promise.reject(new Error('no GPU')) })).rejects.toThrow('no GPU');
  const pace = { done: 1, total: 3, failed: 0, clipsPerSecond: 4, waiting: 0 };
  await writeFile(run.file(2, 'claim'), JSON.stringify({ ...thisProcess(), ...pace, token: 'a' }));
  const found = await status(run.run);
  expect(found).toMatchObject({ shards: 4, items: 11, done: 2, made: 3, failedItems: 2, clipsPerSecond: 4 });
  expect(found.running).toEqual([expect.objectContaining({ shard: 2, pid: process.pid, done: 1, total: 3 })]);
  expect(found.failed).toEqual([{ shard: 1, reason: expect.stringMatching(/^no GPU \(on /) }]);
  expect(found.waiting).toEqual([]);
  // 11 - 5 - 1 items at 4 a second.
  expect(Math.abs((found.expectedEnd as Date).getTime() - Date.now() - 1250)).toBeLessThan(60_000);
  expect(String(found)).toContain(
    '2 of 4 shards done, 1 running, 1 failed, 0 waiting; 5 of 11 items, 2 of them failed',
  );
  const bundle = await found[jupyterDisplay]();
  expect(bundle[mime.html]).toContain('probe: cannot read CLIP: no number');
  expect(bundle[mime.text]).toContain('shards 1: no GPU');
});

it('plans the same again, and refuses another plan on the same folder', async () => {
  const model = goldenPath('checkpoints', 'internvl3-tiny');
  const again = { run: run.run, input: run.input, model, shards: 4, batchSize: 2 };
  expect(await plan(again)).toEqual(run.plan);
  await expect(plan({ ...again, shards: 5 })).rejects.toThrow(
    'has a plan with another shards, starts, sha256',
  );
  const other = join(run.folder, 'other.json');
  await rename(run.input, other);
  await writeFile(run.input, JSON.stringify(numbered(11)));
  await expect(plan(again)).rejects.toThrow('has a plan with another input');
});

it('cuts more shards than items, and says what it does not take', async () => {
  const model = goldenPath('checkpoints', 'internvl3-tiny');
  const few = await ShardRun.of(numbered(2), 5);
  await few.scoreAll();
  expect(await merge(few.run)).toMatchObject({ items: 2, made: 2 });
  await few.remove();
  const options = { run: join(run.folder, 'new'), input: run.input, model };
  await expect(plan({ ...options, shards: 0 })).rejects.toThrow(
    'expected shards to be a positive integer, received 0',
  );
  await expect(plan({ ...options, engine: 'tpu' as 'cpu' })).rejects.toThrow("unknown engine 'tpu'");
  await expect(plan({ ...options, limits: { seconds: Number.POSITIVE_INFINITY } })).rejects.toThrow(
    'expected a positive limit seconds, received Infinity',
  );
  await writeFile(run.input, '[]');
  await expect(plan(options)).rejects.toThrow('has no items');
  await writeFile(run.input, '[{"index": 1}]');
  await expect(plan(options)).rejects.toThrow('item 0 has the field "index"');
  expect(await readdir(options.run)).toEqual([]);
});

it('does not take the lines of a shard for those of another', async () => {
  await run.scoreAll();
  const path = run.file(1, 'json');
  await rename(run.file(0, 'json'), path);
  expect(await status(run.run)).toMatchObject({
    failed: [{ shard: 1, reason: 'its manifest is of other items' }],
    waiting: [0],
  });
  await appendFile(path, 'x');
  expect((await status(run.run)).failed).toEqual([{ shard: 1, reason: 'its manifest is not valid JSON' }]);
});
