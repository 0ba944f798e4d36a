import { type ColumnTable, table } from 'arquero';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Clip } from '../../src/data/clip.js';
import type { RewardModel } from '../../src/model/rewardModel.js';
import { MemoryStore } from '../../src/model/stages/featureStore.js';
import { Features } from '../../src/model/stages/features.js';
import { mix } from '../../src/reward/mix.js';
import { clips } from '../../src/score/clips.js';
import { smallHeads } from '../support/smallHeads.js';
import { smallModel } from '../support/smallModel.js';

/** Scores a clip by the number in its path; a path without one cannot be read. */
const scored: string[] = [];
const numberOf = (clip: Clip) => Number(/\d+/.exec(clip.path)?.[0]);
/** A model whose score of a clip is a tenth of the number in its path; without one it cannot be read. */
const model = {
  config: { llm: { heads: 1 } },
  card: {},
  processor: {
    async processMany(list: readonly Clip[]) {
      scored.push(...list.map(({ id }) => id));
      return {
        inputs: list.map((clip) =>
          numberOf(clip) >= 0 ? { number: numberOf(clip), inputIds: [] } : undefined,
        ),
        failures: list
          .filter((clip) => !(numberOf(clip) >= 0))
          .map((clip) => ({ clip, reason: 'no number' })),
      };
    },
  },
  rewards: async (inputs: readonly { number: number }[]) => inputs.map(({ number }) => number / 10),
} as unknown as RewardModel;
const clip = (id: string, path: string, more = {}): Clip => ({ id, path, ...more });

describe('score.clips', () => {
  beforeEach(() => {
    scored.length = 0;
    vi.spyOn(console, 'warn').mockReturnValue(undefined);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('gives a row a clip, in order, with what is known of it', async () => {
    const scores = await clips(model, [clip('b', '7.mp4', { prompt: 'p' }), clip('a', '3.mp4')]);
    expect(scores.objects()).toEqual([
      { clip: 'b', score: 0.7, path: '7.mp4', prompt: 'p' },
      { clip: 'a', score: 0.3, path: '3.mp4', prompt: undefined },
    ]);
    expect(scores.columnNames().slice(0, 2)).toEqual(['clip', 'score']);
    expect(scores.failures).toEqual([]);
    expect(console.warn).not.toHaveBeenCalled();
  });

  it('keeps the columns and the rows of a table, and scores each clip once', async () => {
    const labels = table({
      clip: ['a', 'b', 'a'],
      dimension: ['physics', 'physics', 'deformity'],
      pass: [true, false, false],
      path: ['1.mp4', '2.mp4', '1.mp4'],
      score: [9, 9, 9],
    });
    const scores = await clips(
      model,
      labels.filter((row: { clip: string }) => row.clip !== 'none'),
    );
    expect(scored).toEqual(['a', 'b']);
    expect(scores.objects()).toEqual([
      { clip: 'a', score: 0.1, dimension: 'physics', pass: true, path: '1.mp4' },
      { clip: 'b', score: 0.2, dimension: 'physics', pass: false, path: '2.mp4' },
      { clip: 'a', score: 0.1, dimension: 'deformity', pass: false, path: '1.mp4' },
    ]);
  });

  it('scores the labels of its own dimension, where the table has others too', async () => {
    const labels = table({
      clip: ['a', 'a', 'b'],
      dimension: ['physics', 'deformity', 'deformity'],
      pass: [true, false, false],
      path: ['1.mp4', '1.mp4', '2.mp4'],
    });
    const ofDimension = (dimension: string) =>
      clips(Object.assign(Object.create(model), { card: { dimension } }), labels);
    expect((await ofDimension('deformity')).array('clip')).toEqual(['a', 'b']);
    expect((await ofDimension('physics')).array('pass')).toEqual([true]);
    // A model of something else scores them all: whoever gave them knows why.
    expect((await ofDimension('alignment')).numRows()).toBe(3);
  });

  it('reports what could not be scored and keeps the rest', async () => {
    const progress: object[] = [];
    const scores = await clips(model, [clip('a', '1'), clip('b', 'bad'), clip('c', '3')], {
      batchSize: 2,
      onProgress: (state) => progress.push(state),
    });
    expect(scores.array('clip')).toEqual(['a', 'c']);
    expect(scores.failures.map(({ clip: { id }, reason }) => [id, reason])).toEqual([['b', 'no number']]);
    expect(console.warn).toHaveBeenCalledWith(
      expect.stringMatching(/1 of 3 clips have no score.*"b": no number/),
    );
    const pace = { clipsPerSecond: expect.any(Number), waiting: expect.any(Number) };
    expect(progress).toEqual([
      { done: 2, total: 3, failed: 1, ...pace },
      { done: 3, total: 3, failed: 1, ...pace },
    ]);
  });

  it('gives an empty table for no clips', async () => {
    const scores = await clips(model, []);
    expect(scores.numRows()).toBe(0);
    expect(scores.columnNames()).toEqual(['clip', 'score']);
  });

  it('refuses a table that names no files, and ids that are not unique', async () => {
    const nameless = table({ clip: ['a'], pass: [true] }) as ColumnTable;
    await expect(clips(model, nameless)).rejects.toThrow('no column "path" (it has clip, pass)');
    await expect(clips(model, [clip('a', '1'), clip('a', '2')])).rejects.toThrow(
      'two clips share the id "a": 1 and 2',
    );
  });
});

describe('score.clips with features', () => {
  it('gives the scores of the whole model, and reads a clip once', async () => {
    const small = await smallModel();
    const features = new Features('head');
    const wanted = [clip('pass-1', '1.mp4'), clip('broken-2', '2.mp4'), clip('fail-3', '3.mp4')];
    vi.spyOn(console, 'warn').mockReturnValue(undefined);
    const read = vi.spyOn(small.processor, 'processMany');
    const scores = await clips(small, wanted, { features, batchSize: 2 });
    const again = await clips(small, wanted, { features });
    const asked = read.mock.calls.flatMap(([asked]) => asked.map(({ id }) => id));
    const whole = await small.score([wanted[0], wanted[2]]);
    expect(scores.array('score')).toBeAllclose(whole, { rtol: 1e-5 });
    expect(again.array('score')).toBeAllclose(whole, { rtol: 1e-5 });
    expect(scores.failures).toEqual([{ clip: wanted[1], reason: 'no video stream' }]);
    expect(asked).toEqual(
      ['pass-1', 'broken-2', 'fail-3', 'broken-2'], // what could not be read is tried again by the next scoring
    );
    await expect(clips(small, wanted, { features, batchSize: 0 })).rejects.toThrow('batchSize');
    small.dispose();
  });
});

describe('score.clips of several heads', () => {
  const wanted = ['pass-1', 'broken-2', 'fail-3'];
  const labels = table({
    clip: [...wanted, 'pass-1'],
    dimension: ['physics', 'physics', 'physics', 'deformity'],
    pass: [true, true, false, false],
    path: [...wanted, 'pass-1'].map((id) => `${id}.mp4`),
    spread: [9, 9, 9, 9],
  });

  it('gives a row for each clip and dimension, with its own labels, that the mixture takes', async () => {
    vi.spyOn(console, 'warn').mockReturnValue(undefined);
    const small = await smallHeads({ physics: [1], deformity: [2, 3] });
    const read = vi.spyOn(small.processor, 'processMany');
    const scores = await clips(small, labels);
    expect(read.mock.calls.flatMap(([asked]) => asked.map(({ id }) => id))).toEqual(wanted);
    expect(scores.metrics).toEqual(['physics', 'deformity']);
    expect(scores.columnNames()).toEqual(['clip', 'metric', 'score', 'spread', 'dimension', 'pass', 'path']);
    const rows = scores.objects();
    expect(rows.map(({ clip, metric, pass }) => [clip, metric, pass])).toEqual([
      ['pass-1', 'physics', true],
      ['fail-3', 'physics', false],
      ['pass-1', 'deformity', false],
    ]);
    const [physics] = small.of('physics');
    const alone = await physics.score([clip('pass-1', '1'), clip('fail-3', '3')]);
    expect(scores.of('physics').array('score')).toBeAllclose(alone, { rtol: 1e-5 });
    expect(rows.map(({ spread }) => typeof spread)).toEqual(['undefined', 'undefined', 'number']);
    expect(scores.failures.map(({ clip: { id } }) => id)).toEqual(['broken-2']);

    const listed = await clips(small, [clip('a', 'a'), clip('b', 'b')]);
    const of = (metric: string) => listed.of(metric).array('score');
    const mixed = mix([{ name: 'physics' }, { name: 'deformity', weight: 2 }]);
    expect(mixed(listed)).toEqual(mixed({ physics: of('physics'), deformity: of('deformity') }));
    expect(() => mixed(scores)).toThrow('"deformity" has scores of other clips than "physics"');
    small.dispose();
  });

  it('gives mean and spread of an ensemble, from kept features too, which are made once', async () => {
    const small = await smallHeads({ physics: [1, 2] });
    const asked = [clip('pass-1', '1.mp4'), clip('fail-3', '3.mp4')];
    const features = new Features('head');
    const kept = vi.spyOn(MemoryStore.prototype, 'keep');
    const [whole, fromKept] = [await clips(small, asked), await clips(small, asked, { features })];
    expect(kept).toHaveBeenCalledTimes(2);
    expect(whole.columnNames()).toEqual(['clip', 'score', 'spread', 'path']);
    const members = await Promise.all(small.of('physics').map((head) => head.score(asked)));
    const [a, b] = members;
    expect(whole.array('score')).toBeAllclose(
      a.map((score, i) => (score + b[i]) / 2),
      { rtol: 1e-5 },
    );
    const spread = a.map((score, i) => Math.abs(score - b[i]) / Math.SQRT2);
    expect(whole.array('spread') as number[]).toBeAllclose(spread, { rtol: 1e-4 });
    for (const column of ['score', 'spread'] as const)
      expect(fromKept.array(column) as number[]).toBeAllclose(whole.array(column) as number[], {
        rtol: 1e-4,
      });
    const visual = new Features('decoder+head');
    await expect(clips(small, asked, { features: visual })).rejects.toThrow(
      'received those for "decoder+head"',
    );
    small.dispose();
    vi.restoreAllMocks();
  });
});
