import { argsort } from '../base/argsort.js';
import { extent } from '../base/extent.js';
import { column, isList, type ScoreColumns } from './columns.js';
import { completeRows, type LeftOut, type Numbers, numbersOf } from './completeRows.js';
import { columnsOf, promptColumns } from './groupedScores.js';
import { rowsOfGroups } from './groups.js';
import { checkLengths } from './validate.js';

/** What is to be expected of the best of n clips. */
export interface BestOfN extends LeftOut {
  /** Clips of which the best is taken. */
  n: number;
  /** Expected score of the clip with the highest score. */
  score: number;
  /** Expected true value of that clip; of clips with the same score, their mean. */
  truth: number;
  /** Divergence from drawing one clip, in nats: ln n - (n - 1) / n. */
  kl: number;
}

/** Which columns of a table `bestOfN` reads. */
export interface BestOfNOptions {
  /** The column of the true values. Default `truth`. */
  truth?: string;
  /** The column of the group. Default: the first there is of `promptId`, `prompt_id` and `prompt`. */
  by?: string;
}

/**
 * Best of n by a score: the mean over all sets of n clips of a group, exactly, and then over the groups. The clip at
 * rank i of N, from the lowest, is the best of C(i - 1, n - 1) of the C(N, n) sets. Clips without a score or a true value are left out.
 * Source of the divergence: Stiennon et al. 2020, appendix G.3.
 * @param table a table with the columns `score` and `truth`, the true value
 * @param options `truth`: the column of the true values; `by`: that of the group; default `promptId`, `prompt_id` or `prompt`
 * @returns one for n = 1, 2, 4 and so on, as far as the smallest group goes; each says how many clips were left out of all.
 * @throws {RangeError} for no score or value, one that is not finite, or lists of different lengths; {Error} for a column that is not
 *   there
 */
export function bestOfN(table: ScoreColumns, options?: BestOfNOptions): BestOfN[];
/** The same of three lists: scores, true values, and the group of each clip, such as its prompt. */
export function bestOfN(scores: Numbers, truth: Numbers, groups: ArrayLike<unknown>): BestOfN[];
export function bestOfN(
  first: ScoreColumns | Numbers,
  second: Numbers | BestOfNOptions = {},
  third?: ArrayLike<unknown>,
): BestOfN[] {
  const { truth: trueColumn = 'truth', by = promptColumns } = isList(second)
    ? {}
    : (second as BestOfNOptions);
  const { scores: all, groups: names, table } = columnsOf('bestOfN', first, third, by);
  const values = table ? column(table, trueColumn, 'bestOfN') : (second as Numbers);
  if (all.length === 0) throw new RangeError('bestOfN: expected at least one score, received none');
  checkLengths('bestOfN', 'true values', all.length, values.length);
  checkLengths('bestOfN', 'groups', all.length, names.length);
  const given = [all, numbersOf('bestOfN', values, 'true value')] as const;
  const { columns, pick, left } = completeRows('bestOfN', ['score', 'true value'], given);
  const [scores, truth] = columns;
  const sorted = [...rowsOfGroups(pick(names)).values()].map((rows) => {
    const ofGroup = rows.map((row) => scores[row]);
    const ascending = [...argsort(ofGroup)].map((i) => rows[i]);
    return { scores: ascending.map((row) => scores[row]), truth: meanOfTies(ascending, scores, truth) };
  });
  const { lowest: smallest } = extent(sorted.map((group) => group.scores.length));
  const results: BestOfN[] = [];
  for (let n = 1; n <= smallest; n *= 2) {
    const expected = (values: 'scores' | 'truth') =>
      sorted.reduce((sum, group) => sum + expectation(group[values], n), 0) / sorted.length;
    results.push({
      n,
      score: expected('scores'),
      truth: expected('truth'),
      kl: Math.log(n) - (n - 1) / n,
      ...left,
    });
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
