import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import {
  bySize,
  fitThreshold,
  type JudgedPair,
  publishedWithTies,
  rightAt,
} from '../../src/benchmark/ties.js';

const pairsOf = (...list: [number, number][]): JudgedPair[] =>
  list.map(([preference, difference]) => ({ preference, difference }));
const once = (pairs: readonly JudgedPair[]) => new Float64Array(pairs.length).fill(1);

/** Share of pairs that are right where those of `tied` are ties. */
const shareRight = (pairs: readonly JudgedPair[], tied: (pair: JudgedPair, i: number) => boolean) =>
  pairs.filter((pair, i) => (tied(pair, i) ? pair.preference === 0 : pair.preference * pair.difference > 0))
    .length / pairs.length;

/** The five counts of the published code after each pair, in words: the first k by size are ties, the others not. */
function publishedByHand(pairs: readonly JudgedPair[]): number {
  const { pairs: sorted } = bySize(pairs);
  return Math.max(...sorted.map((_, k) => shareRight(sorted, (_pair, i) => i <= k)));
}

describe('a threshold for ties', () => {
  it('is found as by hand', () => {
    // By size: 0.1 (tie), 0.2 (right), 0.3 (wrong), 0.4 (tie), 0.5 (right): right are 2, then 3, 2, 2, 3, 2 of 5.
    const pairs = pairsOf([1, 0.5], [-1, -0.2], [0, 0.1], [1, -0.3], [0, 0.4]);
    expect(publishedWithTies(bySize(pairs), once(pairs))).toEqual({ threshold: 0.1, accuracy: 3 / 5 });
    expect(fitThreshold(bySize(pairs), once(pairs))).toEqual({ threshold: 0.1, accuracy: 3 / 5 });
  });

  it('of the published code depends on the order of equal differences, ours does not', () => {
    const [tieFirst, tieLast] = [pairsOf([0, 1], [1, 1]), pairsOf([1, 1], [0, 1])];
    expect(publishedWithTies(bySize(tieFirst), once(tieFirst)).accuracy).toBe(1);
    expect(publishedWithTies(bySize(tieLast), once(tieLast)).accuracy).toBe(0.5);
    for (const pairs of [tieFirst, tieLast])
      expect(fitThreshold(bySize(pairs), once(pairs))).toEqual({ threshold: 0, accuracy: 0.5 });
  });

  it('of the published code makes one tie at least, ours need not', () => {
    const pairs = pairsOf([1, 0.2], [-1, -0.7]);
    expect(publishedWithTies(bySize(pairs), once(pairs)).accuracy).toBe(0.5);
    expect(fitThreshold(bySize(pairs), once(pairs))).toEqual({ threshold: 0, accuracy: 1 });
  });

  it('is the best of all, by trying each; weights are repeats', () => {
    const random = new Random(3);
    for (let trial = 0; trial < 60; trial++) {
      const isDiscrete = trial % 2 === 0;
      const pairs = Array.from({ length: 1 + random.integer(25) }, () => ({
        preference: random.integer(3) - 1,
        difference: isDiscrete ? random.integer(5) - 2 : random.normal(),
      }));
      const weights = Float64Array.from(pairs, () => random.integer(3));
      weights[0] = 1;
      const all = pairs.flatMap((pair, i) => new Array<JudgedPair>(weights[i]).fill(pair));
      const right = (threshold: number) =>
        shareRight(all, ({ difference }) => Math.abs(difference) <= threshold);
      const candidates = [0, ...all.map(({ difference }) => Math.abs(difference))];
      const sized = bySize(pairs.map((pair, i) => ({ ...pair, weight: weights[i] })));
      const own = sized.pairs.map(({ weight }) => weight);
      const fitted = fitThreshold(sized, own);
      expect(fitted.accuracy).toBeCloseTo(Math.max(...candidates.map(right)), 12);
      expect(right(fitted.threshold)).toBeCloseTo(fitted.accuracy, 12);
      const total = own.reduce((sum, weight) => sum + weight, 0);
      const rightOnes = rightAt(sized, fitted.threshold);
      expect(own.reduce((sum, weight, i) => sum + weight * rightOnes[i], 0) / total).toBeCloseTo(
        fitted.accuracy,
        12,
      );
      expect(publishedWithTies(bySize(pairs), once(pairs)).accuracy).toBeCloseTo(publishedByHand(pairs), 12);
    }
  });
});
