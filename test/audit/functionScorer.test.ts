import { describe, expect, it, vi } from 'vitest';
import { functionScorer } from '../../src/audit/functionScorer.js';
import type { AuditedClip, ScoreFunction } from '../../src/audit/scorer.js';

const clips = ['a', 'b', 'c', 'd', 'e'].map(
  (id): AuditedClip => ({ id, path: id, of: id, family: 'control', level: 0 }),
);
const scored = (score: ScoreFunction, seconds = 60, signal?: AbortSignal) =>
  functionScorer(score, { batchSize: 2, seconds }).score(clips, { signal });

describe('functionScorer', () => {
  it('asks in batches, in order, and says how far it is', async () => {
    const score = vi.fn((some: readonly AuditedClip[]) => some.map(({ id }) => id.charCodeAt(0)));
    const done: number[] = [];
    const scorer = functionScorer(score, { batchSize: 2, seconds: 60 });
    const found = await scorer.score(clips, { onScored: (count) => done.push(count) });
    expect(found).toEqual([97, 98, 99, 100, 101].map((value) => ({ score: value })));
    expect(score.mock.calls.map(([some]) => some.length)).toEqual([2, 2, 1]);
    expect(done).toEqual([2, 2, 1]);
  });

  it('tries clip by clip where it throws, so that only those clips fail', async () => {
    const found = await scored((some) => {
      if (some.some(({ id }) => id === 'c')) throw new Error('no sky in it');
      if (some.some(({ id }) => id === 'e')) throw 'a text';
      return some.map(() => 1);
    });
    expect(found).toEqual([
      { score: 1 },
      { score: 1 },
      { reason: 'no sky in it' },
      { score: 1 },
      { reason: 'a text' },
    ]);
  });

  it('takes what is not a finite number for no score', async () => {
    const values = [Number.NaN, null, undefined, Number.POSITIVE_INFINITY, 2];
    const found = await scored((some) => some.map(({ id }) => values['abcde'.indexOf(id)]));
    expect(found.map((one) => ('reason' in one ? one.reason : one.score))).toEqual([
      'its score is NaN, not a finite number',
      'its score is null, not a number',
      'its score is undefined, not a number',
      'its score is Infinity, not a finite number',
      2,
    ]);
  });

  it('takes the spread of an ensemble, and a clip whose spread is none for one without a score', async () => {
    const spreads = [0.5, 0, -1, 'x', null] as number[];
    const found = await scored((some) =>
      some.map(({ id }) => ({ score: 1, spread: spreads['abcde'.indexOf(id)] })),
    );
    expect(found).toEqual([
      { score: 1, spread: 0.5 },
      { score: 1, spread: 0 },
      { reason: 'its spread is -1, not a number from 0 on' },
      { reason: 'its spread is x, not a number from 0 on' },
      { score: 1 },
    ]);
  });

  it('takes typed arrays', async () => {
    expect(await scored((some) => Float32Array.from(some, () => 0.5) as never)).toEqual(
      clips.map(() => ({ score: 0.5 })),
    );
  });

  it('refuses too few scores, too many, and what is not a list', async () => {
    const few: ScoreFunction = (some) => some.slice(1).map(() => 1);
    await expect(scored(few)).rejects.toThrow(
      'few: expected 2 scores, one for each clip in their order, received 1',
    );
    await expect(scored((some) => [...some, 1].map(() => 1))).rejects.toThrow('expected 2 scores');
    await expect(scored((() => 3) as never)).rejects.toThrow('expected a list of scores, received number: 3');
    await expect(scored((() => undefined) as never)).rejects.toThrow('received undefined');
  });

  it('waits no longer than it is told, and no longer than the signal lets it', async () => {
    const never = () => new Promise<number[]>(() => {});
    await expect(scored(never, 0.05)).rejects.toThrow(
      'never has not answered for 0.05 s; give it more by "seconds"',
    );
    const stop = new AbortController();
    const waiting = scored(never, 60, stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect(() => functionScorer(never, { batchSize: 2, seconds: 0 })).toThrow('expected seconds above 0');
  });
});
