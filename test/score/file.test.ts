import {
  appendFile,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { thisProcess } from '../../src/base/owner.js';
import type { Clip } from '../../src/data/clip.js';
import { setPrecision } from '../../src/engine/precision.js';
import { tf } from '../../src/engine/tf.js';
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
  config: { frames: 2, llm: { heads: 2 } },
  weights: new Map(),
  prompts: { user: 'Is it good?' },
  processor: {
    async processMany(clips: readonly Clip[]) {
      calls.push(`read ${clips.map(({ path }) => basename(path)).join(' ')}`);
      const number = ({ path }: Clip) => Number(/^\d+/.exec(basename(path)) ?? -1);
      return {
        inputs: clips.map((clip) => {
          const value = number(clip) + (clip.prompt ?? '').length / 10;
          return number(clip) >= 0 ? { value, inputIds: { length: tokensOf(clip) } } : undefined;
        }),
        failures: clips.filter((clip) => number(clip) < 0).map((clip) => ({ clip, reason: 'no number' })),
      };
    },
  },
  async rewards(inputs: readonly { value: number }[]) {
    const values = inputs.map(({ value }) => value);
    calls.push(`score ${values.join(' ')}`);
    if (values.includes(666)) throw new Error('the device is lost');
    if (values.includes(507)) throw new Error('OOM when allocating tensor with shape[4,9] and type float');
    return values.map((value) => (value === 404 ? Number.NaN : value));
  },
} as unknown as RewardModel;

/** A clip of "tokens-N" in its prompt has N of them. */
const tokensOf = ({ prompt }: Clip) => Number(/^tokens-(\d+)$/.exec(prompt ?? '')?.[1] ?? 5);

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

  it('reports why an item failed, and goes on', async () => {
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
    const paces: number[][] = [];
    await file(model, {
      input,
      output,
      batchSize: 2,
      onProgress({ done, clipsPerSecond, waiting }) {
        progress.push(done);
        paces.push([clipsPerSecond, waiting]);
      },
    });
    expect(paces[0]).toEqual([0, 0]);
    const [rate, waiting] = paces[paces.length - 1];
    expect(rate).toBeGreaterThan(0);
    expect(waiting).toBeGreaterThanOrEqual(0);
    expect(waiting).toBeLessThanOrEqual(1);
    expect(calls).toEqual([
      'read 1.mp4 2.mp4',
      'read 3.mp4 4.mp4',
      'read 5.mp4',
      'score 1 2',
      'score 3 4',
      'score 5',
    ]);
    expect([...new Set(progress)]).toEqual([0, 2, 4, 5]);
  });

  it('continues with the rest where an item does not fit into the memory', async () => {
    const huge = 'tokens-10000000';
    await items([
      { video_path: '1.mp4' },
      { video_path: '507.mp4' },
      { video_path: '2.mp4', prompt: huge },
      { video_path: '3.mp4' },
      { video_path: '4.mp4' },
    ]);
    expect(await run(4)).toEqual({ total: 5, failed: 2, scores: [1, 3, 4] });
    const [, lost, large] = await lines();
    expect(lost.error).toMatch(/^An operation asked for 0\.000137 MiB, which is not free on the GPU/);
    expect(large.error).toMatch(
      /^its 10000000 tokens take 3352761\.3 GiB of memory, and .* are free; shorten the prompt/,
    );
    expect(calls.filter((call) => call.startsWith('score'))).toEqual([
      'score 1 507',
      'score 1',
      'score 507',
      'score 3',
      'score 4',
    ]);
  });

  it('takes 150,000 prompts of one clip, which it decodes once for each 256', async () => {
    await items(
      Array.from({ length: 150_000 }, (_, i) => ({ video_path: '1.mp4', prompt: `kind ${i % 1000}` })),
    );
    const { total, failed, scores } = await run(1000);
    expect([total, failed, scores.length]).toEqual([150_000, 0, 150_000]);
    // Of 10,000 items in a row each prompt is asked once.
    expect(calls.filter((call) => call.startsWith('score'))).toHaveLength(15);
    expect(scores[149_999]).toBe(1.8);
  });

  it('keeps what it has when it fails, and continues from there', async () => {
    const list = [{ video_path: '1.mp4' }, { video_path: 'bad.mp4' }, { video_path: '666.mp4' }];
    await items(list);
    await expect(run(1)).rejects.toThrow('the device is lost');
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
    ['no JSON', 'scores', /line 2 is not valid JSON/],
    ['no object', 'null', /line 2 has the index nothing/],
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

  it.each<[string, string | Uint8Array]>([
    ['a text without a line end', 'dear diary'],
    ['JSON without a line end', '[{"video_path": "1.mp4"}]'],
    ['a binary', new Uint8Array([0, 1, 2, 250])],
    ['lines of another program', '{"video_path": "1.mp4", "index": 0, "score": 1}\n'],
    ['the beginning of a line of this very job', '{"video_path":"1.mp4","in'],
  ])('refuses to write over %s', async (_, content) => {
    await items([{ video_path: '1.mp4' }]);
    await mkdir(join(folder, 'out'));
    await writeFile(output, content);
    await expect(run()).rejects.toThrow(/choose another output, or delete this one/);
    expect(await readFile(output)).toEqual(Buffer.from(content));
    expect(await readdir(join(folder, 'out'))).toEqual(['scores.jsonl']);
  });

  it.each(['"b', '{"video_path":"2.mp4"', '{"video_path":"1.mp4","index":0,"score":oh', '{}'])(
    'refuses an output of its own whose end %s is another one',
    async (end) => {
      await items([{ video_path: '1.mp4' }]);
      await run();
      await writeFile(output, end);
      await expect(run()).rejects.toThrow(
        /line 1 has no end, and is not the beginning of a line of these items/,
      );
      expect(await readFile(output, 'utf8')).toBe(end);
    },
  );

  it('makes any half of a line again, of a failed item and of one that had a score, too', async () => {
    await items([
      { video_path: 'bad.mp4', note: '雪"\\' },
      { video_path: '1.mp4', score: 9, note: 'x' },
    ]);
    await run();
    const whole = await readFile(output);
    for (let size = 0; size < whole.length; size++) {
      await writeFile(output, whole.subarray(0, size));
      await run();
      expect(Buffer.compare(await readFile(output), whole)).toBe(0);
    }
  });

  it('refuses an output that is the input, by whatever name', async () => {
    await items([{ video_path: '1.mp4' }]);
    const before = await readFile(input, 'utf8');
    const [hard, soft] = [join(folder, 'hard.json'), join(folder, 'soft.json')];
    await link(input, hard);
    await symlink(input, soft);
    for (const name of [input, relative(process.cwd(), input), hard, soft]) {
      await expect(file(model, { input, output: name })).rejects.toThrow(/the output .* is the input/);
    }
    expect(await readFile(input, 'utf8')).toBe(before);
  });

  describe('an output that something else began', () => {
    const other = { ...model } as { -readonly [name in keyof RewardModel]: RewardModel[name] };
    beforeEach(async () => {
      await items([{ video_path: '1.mp4' }, { video_path: '666.mp4' }]);
      await expect(run(1)).rejects.toThrow('the device is lost');
    });
    afterEach(() => setPrecision('float32'));

    it.each<[string, () => Promise<unknown>, RegExp]>([
      [
        'weights',
        () => {
          const weights = new Map([['a', tf.variable(tf.ones([300]))]]) as unknown as RewardModel['weights'];
          return file({ ...other, weights } as RewardModel, { input, output });
        },
        /something else \(weights "[0-9a-f]{16}" there, "[0-9a-f]{16}" here\)/,
      ],
      [
        'a configuration',
        () => file({ ...other, config: { frames: 8 } } as unknown as RewardModel, { input, output }),
        /something else \(configuration /,
      ],
      [
        'prompts',
        () => file(model, { input, output, prompts: { user: 'Is it bad?' } }),
        /something else \(prompts \{"user":"Is it good\?"\} there, \{"user":"Is it bad\?"\} here\)/,
      ],
      [
        'a precision',
        () => {
          setPrecision('bfloat16');
          return run();
        },
        /something else \(precision "float32" there, "bfloat16" here\)/,
      ],
      [
        'a version',
        async () => {
          const made = `${output}.made-by.json`;
          await writeFile(
            made,
            (await readFile(made, 'utf8')).replace(/"solireward": "[^"]*"/, '"solireward": "0.0.1"'),
          );
          return run();
        },
        /something else \(solireward "0.0.1" there/,
      ],
      [
        'nobody knows what',
        async () => {
          await writeFile(`${output}.made-by.json`, '{');
          return run();
        },
        /made-by\.json, which says what made it, cannot be read/,
      ],
    ])('is refused: %s', async (_, again, message) => {
      const before = await readFile(output, 'utf8');
      await expect(again()).rejects.toThrow(message);
      expect(await readFile(output, 'utf8')).toBe(before);
    });
  });

  it('is refused while another call writes the output, and not when that one was killed', async () => {
    await items([1, 2, 3].map((n) => ({ video_path: `${n}.mp4` })));
    const both = await Promise.allSettled([run(), run()]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = both.find((one) => one.status === 'rejected');
    expect(refused?.reason.message).toMatch(`${output} is in use by process ${process.pid} on `);
    expect(await lines()).toHaveLength(3);
    const token = '01234567-89ab-cdef-0123-456789abcdef';
    await writeFile(`${output}.lock`, JSON.stringify({ ...thisProcess(), pid: 2 ** 30, token }));
    await run();
    expect((await readdir(join(folder, 'out'))).sort()).toEqual([
      'scores.jsonl',
      'scores.jsonl.made-by.json',
    ]);
  });

  it.each<[string, unknown, RegExp]>([
    ['no JSON', '[', /items\.json is not valid JSON/],
    ['no list', { video_path: 'a' }, /items\.json is not a JSON list/],
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
