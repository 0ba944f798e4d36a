import { expect, it } from 'vitest';
import { bestOfN } from '../../src/analysis/bestOfN.js';

/** All sets of n of the indices. */
function subsets(indices: number[], n: number): number[][] {
  if (n === 0) return [[]];
  return indices.flatMap((index, i) => subsets(indices.slice(i + 1), n - 1).map((rest) => [index, ...rest]));
}

/** The mean over all sets, of clips with the highest score all alike. */
function bruteForce(scores: number[], truth: number[], n: number) {
  const sets = subsets(
    scores.map((_, i) => i),
    n,
  );
  let [score, value] = [0, 0];
  for (const set of sets) {
    const best = Math.max(...set.map((i) => scores[i]));
    const ties = set.filter((i) => scores[i] === best);
    score += best / sets.length;
    value += ties.reduce((sum, i) => sum + truth[i], 0) / ties.length / sets.length;
  }
  return { score, truth: value };
}

const scores = [0.3, -1, 2, 2, 0.5, 2, 7, -1];
const truth = [0.9, 0.1, 0.4, 0.8, 0.2, 0.3, 0, 0.6];

it('is the mean over all sets of n clips, ties shared', () => {
  const found = bestOfN(
    scores,
    truth,
    scores.map(() => 'a'),
  );
  expect(found.map(({ n }) => n)).toEqual([1, 2, 4, 8]);
  for (const { n, score, truth: value } of found) {
    const expected = bruteForce(scores, truth, n);
    expect([score, value]).toBeAllclose([expected.score, expected.truth], { rtol: 1e-12 });
  }
});

it('averages over groups, as far as the smallest goes', () => {
  const groups = ['a', 'a', 'a', 'b', 'b', 'b', 'b', 'b'];
  const found = bestOfN(scores, truth, groups);
  expect(found.map(({ n }) => n)).toEqual([1, 2]);
  const parts = [
    [0, 3],
    [3, 8],
  ].map(([from, to]) => bruteForce(scores.slice(from, to), truth.slice(from, to), 2));
  expect(found[1].score).toBeCloseTo((parts[0].score + parts[1].score) / 2, 12);
  expect(found[1].truth).toBeCloseTo((parts[0].truth + parts[1].truth) / 2, 12);
  expect(found[1].kl).toBeCloseTo(Math.log(2) - 0.5, 12);
});

it.each([
  [[], [], [], 'expected at least one'],
  [[1, Number.POSITIVE_INFINITY], [1, 1], ['a', 'a'], 'score 2: expected a finite number'],
  [[1, 2], [1, Number.POSITIVE_INFINITY], ['a', 'a'], 'true value 2: expected a finite number'],
  [[1, 2], [1], ['a', 'a'], 'expected 2 true values'],
  [[1, 2], [1, 2], ['a'], 'expected 2 groups'],
])('refuses %o, %o, %o', (ofClips, values, groups, message) => {
  expect(() => bestOfN(ofClips, values, groups)).toThrow(message);
});

it('takes 150,000 groups', () => {
  const scores = Array.from({ length: 300_000 }, (_, i) => i % 2);
  const groups = scores.map((_, i) => `prompt ${i >> 1}`);
  const [one, two] = bestOfN(scores, scores, groups);
  expect([one.score, two.score]).toEqual([0.5, 1]);
});
