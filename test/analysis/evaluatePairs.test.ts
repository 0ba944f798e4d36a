import { describe, expect, it } from 'vitest';
import { evaluatePairs } from '../../src/analysis/evaluatePairs.js';
import { Random } from '../../src/base/random.js';

const random = new Random(2);
const count = 20;
const passes = Array.from({ length: count }, () => random.normal() + 1);
const fails = Array.from({ length: count }, () => random.normal());
// Every Pass clip with every Fail clip: 400 pairs of 40 clips.
const pairs = passes.flatMap((_, i) => fails.map((_, j) => [i, j]));
const chosen = pairs.map(([i]) => passes[i]);
const rejected = pairs.map(([, j]) => fails[j]);
const clips = { chosen: pairs.map(([i]) => `pass-${i}`), rejected: pairs.map(([, j]) => `fail-${j}`) };
const width = ({ low, high }: { low: number; high: number }) => high - low;

describe('evaluatePairs', () => {
  it('gives accuracy, ties wrong, and margin of all and of each group', () => {
    const rows = evaluatePairs([2, 1, 3], [1, 1, 5], { groups: ['b', 'a', 'b'], samples: 50 });
    expect(rows.map(({ group, metric, value, pairs: n }) => [group, metric, value, n])).toEqual([
      ['all', 'accuracy', 1 / 3, 3],
      ['all', 'meanMargin', -1 / 3, 3],
      ['a', 'accuracy', 0, 1],
      ['a', 'meanMargin', 0, 1],
      ['b', 'accuracy', 0.5, 2],
      ['b', 'meanMargin', -0.5, 2],
    ]);
  });

  it('draws pairs: the interval of an accuracy is the binomial one', () => {
    const [accuracy] = evaluatePairs(chosen, rejected, { samples: 4000, seed: 1 });
    const expected = 3.92 * Math.sqrt((accuracy.value * (1 - accuracy.value)) / pairs.length);
    expect(Math.abs(width(accuracy) / expected - 1)).toBeLessThan(0.1);
  });

  it('draws clips where it knows them: 400 pairs of 40 clips say less than 400 of 800', () => {
    const [byPair] = evaluatePairs(chosen, rejected, { seed: 1 });
    const [byClip] = evaluatePairs(chosen, rejected, { clips, seed: 1 });
    expect(byClip.value).toBeCloseTo(byPair.value, 12);
    expect(width(byClip)).toBeGreaterThan(1.8 * width(byPair));
  });
});
