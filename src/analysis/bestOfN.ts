import { argsort } from '../base/argsort.js';
import { extent } from '../base/extent.js';
import { rowsOfGroups } from './groups.js';
import { checkLengths, checkScores } from './validate.js';

/** What is to be expected of the best of n clips. */
export interface BestOfN {
  n: number;
  /** Expected score of the clip with the highest score. */
  score: number;
  /** Expected true value of that clip; of clips with the same score, their mean. */
  truth: number;
  /** Divergence from drawing one clip, in nats: ln n - (n - 1) / n. */
  kl: number;
}

/**
 * Best of n by a score: the mean over all sets of n clips of a group, exactly, and then over the groups. The clip at
 * rank i of N, from the lowest, is the best of C(i - 1, n - 1) of the C(N, n) sets.
 * Source of the divergence: Stiennon et al. 2020, appendix G.3.
 * @param truth the true value of each clip. @param groups the group of each clip, such as its prompt.
 * @returns one for n = 1, 2, 4 and so on, as far as the smallest group goes.
 * @throws {RangeError} for no or non-finite scores or values, or lists of different lengths
 */
export function bestOfN(
  scores: readonly number[],
  truth: readonly number[],
  groups: readonly string[],
): BestOfN[] {
  checkScores('bestOfN', scores);
  checkScores('bestOfN', truth, 'truth');
  checkLengths('bestOfN', 'true values', scores.length, truth.length);
  checkLengths('bestOfN', 'groups', scores.length, groups.length);
  const sorted = [...rowsOfGroups(groups).values()].map((rows) => {
    const ofGroup = rows.map((row) => scores[row]);
    const ascending = [...argsort(ofGroup)].map((i) => rows[i]);
    return { scores: ascending.map((row) => scores[row]), truth: meanOfTies(ascending, scores, truth) };
  });
  const { lowest: smallest } = extent(sorted.map((group) => group.scores.length));
  const results: BestOfN[] = [];
  for (let n = 1; n <= smallest; n *= 2) {
    const expected = (values: 'scores' | 'truth') =>
      sorted.reduce((sum, group) => sum + expectation(group[values], n), 0) / sorted.length;
    results.push({ n, score: expected('scores'), truth: expected('truth'), kl: Math.log(n) - (n - 1) / n });
  }
  return results;
}

/** Expected value of the best of n, of values by ascending score. */
function expectation(values: readonly number[], n: number): number {
  let probability = n / values.length;
  let sum = 0;
  for (let i = values.length; i >= n; i--) {
    sum += probability * values[i - 1];
    probability *= (i - n) / (i - 1);
  }
  return sum;
}

/** True values by ascending score, each replaced by the mean of those with the same score. */
function meanOfTies(
  ascending: readonly number[],
  scores: readonly number[],
  truth: readonly number[],
): number[] {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const row of ascending) {
    const tie = sums.get(scores[row]) ?? { sum: 0, count: 0 };
    sums.set(scores[row], { sum: tie.sum + truth[row], count: tie.count + 1 });
  }
  return ascending.map((row) => {
    const { sum, count } = sums.get(scores[row]) as { sum: number; count: number };
    return sum / count;
  });
}
