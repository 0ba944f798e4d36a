import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Clip } from '../../src/data/clip.js';
import type { RewardModel } from '../../src/model/rewardModel.js';
import { file } from '../../src/score/file.js';

let folder: string;
let input: string;
let output: string;
/** What the model was asked to do, in order. */
let calls: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'score-'));
  input = join(folder, 'items.json');
  output = join(folder, 'out', 'scores.jsonl');
  calls = [];
  return () => rm(folder, { recursive: true });
});

/** Scores a clip by the number in its file's name and the length of its prompt; a file without a number is unreadable. */
const model = {
  prompts: { user: 'Is it good?' },
  processor: {
    async processMany(clips: readonly Clip[]) {
      calls.push(`read ${clips.map(({ path }) => basename(path)).join(' ')}`);
      const number = ({ path }: Clip) => Number(/^\d+/.exec(basename(path)) ?? -1);
      return {
        inputs: clips.map((clip) =>
          number(clip) >= 0 ? number(clip) + (clip.prompt ?? '').length / 10 : undefined,
        ),
        failures: clips.filter((clip) => number(clip) < 0).map((clip) => ({ clip, reason: 'no number' })),
      };
    },
  },
  async rewards(inputs: readonly number[]) {
    calls.push(`score ${inputs.join(' ')}`);
    if (inputs.includes(666)) throw new Error('out of memory');
    return inputs.map((value) => (value === 404 ? Number.NaN : value));
  },
} as unknown as RewardModel;

const items = (list: unknown) => writeFile(input, typeof list === 'string' ? list : JSON.stringify(list));
const lines = async () =>
  (await readFile(output, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const run = (batchSize = 2) => file(model, { input, output, batchSize });

describe('score.file', () => {
  it('writes a line an item, in order, with all of its fields', async () => {
    await items([
      { video_path: '3.mp4', prompt: '雪', note: '"<b>"', score: 9, nested: { a: [1] } },
      { 'input.video_local_path': '1.mp4', 'input.prompt': 'ab' },
      { video_path: '2.mp4', caption: 'abc', prompt: '' },
    ]);
    const result = await run();
    expect(await lines()).toEqual([
      { video_path: '3.mp4', prompt: '雪', note: '"<b>"', score: 3.1, nested: { a: [1] }, index: 0 },
      { 'input.video_local_path': '1.mp4', 'input.prompt': 'ab', index: 1, score: 1.2 },
      { video_path: '2.mp4', caption: 'abc', prompt: '', index: 2, score: 2.3 },
    ]);
    expect(result).toEqual({ total: 3, failed: 0, scores: [3.1, 1.2, 2.3] });
  });

  it('says why an item failed, and goes on', async () => {
    await items([
      { video_path: 'bad.mp4' },
      7,
      { prompt: 'no clip' },
      { video_path: '404.mp4' },
      { video_path: '1.mp4' },
      null,
      { video_path: 5 },
    ]);
    const result = await run();
    const noClip = 'no clip: neither "video_path" nor "input.video_local_path" is a text';
    expect(await lines()).toEqual([
      { video_path: 'bad.mp4', index: 0, error: 'no number' },
      { index: 1, error: 'expected an object, received 7' },
      { prompt: 'no clip', index: 2, error: noClip },
      { video_path: '404.mp4', index: 3, error: 'the model gives NaN' },
      { video_path: '1.mp4', index: 4, score: 1 },
      { index: 5, error: 'expected an object, received null' },
      { video_path: 5, index: 6, error: noClip },
    ]);
    expect(result).toEqual({ total: 7, failed: 6, scores: [1] });
  });

  it('reads each clip once, and asks the same once', async () => {
    const path = (name: string) => join(process.cwd(), name);
    await items([
      { video_path: '1.mp4', prompt: 'a' },
      { video_path: '2.mp4' },
      { video_path: './1.mp4', prompt: 'ab' },
      { video_path: path('1.mp4'), prompt: 'a' },
      { video_path: relative(process.cwd(), path('1.mp4')), prompt: 'abc' },
      { video_path: '2.mp4' },
      { video_path: '3.mp4' },
    ]);
    await run();
    expect(calls).toEqual([
      'read 1.mp4 1.mp4 1.mp4',
      'read 2.mp4 3.mp4',
      'score 1.1 1.2',
      'score 1.3',
      'score 2 3',
    ]);
    expect((await lines()).map(({ score }) => score)).toEqual([1.1, 2, 1.2, 1.1, 1.3, 2, 3]);
  });

  it('reads the next clips before it scores these', async () => {
    await items([1, 2, 3, 4, 5].map((n) => ({ video_path: `${n}.mp4` })));
    const progress: number[] = [];
    await file(model, { input, output, batchSize: 2, onProgress: ({ done }) => progress.push(done) });
    expect(calls).toEqual([
      'read 1.mp4 2.mp4',
      'read 3.mp4 4.mp4',
      'score 1 2',
      'read 5.mp4',
      'score 3 4',
      'score 5',
    ]);
    expect([...new Set(progress)]).toEqual([0, 2, 4, 5]);
  });

  it('keeps what it has when it fails, and goes on from there', async () => {
    const list = [{ video_path: '1.mp4' }, { video_path: 'bad.mp4' }, { video_path: '666.mp4' }];
    await items(list);
    await expect(run(1)).rejects.toThrow('out of memory');
    expect(await lines()).toHaveLength(2);
    await items([...list.slice(0, 2), { video_path: '2.mp4' }]);
    calls = [];
    expect(await run()).toEqual({ total: 3, failed: 1, scores: [1, 2] });
    expect(calls).toEqual(['read 2.mp4', 'score 2']);
    calls = [];
    expect(await run()).toEqual({ total: 3, failed: 1, scores: [1, 2] });
    expect(calls).toEqual([]);
    expect(await lines()).toHaveLength(3);
  });

  it('makes a last line that is half there again', async () => {
    await items(['雪', 'b', 'c'].map((prompt, i) => ({ video_path: `${i}.mp4`, prompt })));
    await run();
    const whole = await readFile(output);
    for (const size of [whole.length - 1, whole.length - 20, 3, 20, 0]) {
      await writeFile(output, whole.subarray(0, size));
      await run();
      expect(Buffer.compare(await readFile(output), whole)).toBe(0);
    }
  });

  it('scores again what was taken out of the output', async () => {
    await items([{ video_path: '1.mp4' }, { video_path: '2.mp4' }]);
    await run();
    const [, second] = (await readFile(output, 'utf8')).split('\n');
    await writeFile(output, `${second}\n`);
    await run();
    expect((await lines()).map(({ index }) => index)).toEqual([1, 0]);
  });

  it.each<[string, string, RegExp]>([
    ['no JSON', 'scores', /line 2 is not JSON/],
    ['no object', 'null', /line 2 has the index undefined/],
    [
      'of an item that is not there',
      '{"index": 5, "score": 1}',
      /line 2 has the index 5, and the input has 2 items/,
    ],
    [
      'of other items',
      '{"video_path": "9.mp4", "index": 1, "score": 1}',
      /line 2 is of another item than item 1/,
    ],
    ['without a score', '{"video_path": "2.mp4", "index": 1}', /line 2 has neither a score nor an error/],
    ['there twice', '{"video_path": "1.mp4", "index": 0, "score": 1}', /line 2 is a second one of item 0/],
  ])('refuses an output with a line that is %s, and leaves it as it is', async (_, line, message) => {
    await items([{ video_path: '1.mp4' }]);
    await run();
    await items([{ video_path: '1.mp4' }, { video_path: '2.mp4' }]);
    await appendFile(output, `${line}\nhalf a li`);
    const before = await readFile(output, 'utf8');
    await expect(run()).rejects.toThrow(message);
    expect(await readFile(output, 'utf8')).toBe(before);
  });

  it.each<[string, unknown, RegExp]>([
    ['no JSON', '[', /items\.json is no JSON/],
    ['no list', { video_path: 'a' }, /items\.json is no JSON list/],
    ['a field of ours', [{}, { video_path: 'a', index: 1 }], /item 1 has the field "index".*rename/],
    ['an error', [{ video_path: 'a', error: '' }], /item 0 has the field "error"/],
  ])('refuses an input that has %s', async (_, list, message) => {
    await items(list);
    await expect(run()).rejects.toThrow(message);
  });

  it('refuses what cannot be', async () => {
    await expect(run()).rejects.toThrow(/cannot read .*items\.json/);
    await items([]);
    await expect(run(0)).rejects.toThrow('expected batchSize to be a positive integer, received 0');
    expect(await run()).toEqual({ total: 0, failed: 0, scores: [] });
    await expect(file(model, { input, output: folder })).rejects.toThrow(`score: cannot read ${folder}`);
  });
});
