import { twoSidedP } from '../base/normal.js';
import { column, isList, type ScoreColumns } from './columns.js';
import { completeRows, type LeftOut, verdictsOf } from './completeRows.js';
import type { Labels } from './labelledScores.js';
import { checkLengths } from './validate.js';

/** McNemar's test of two classifiers on the same clips. */
export interface McnemarTest extends LeftOut {
  /** Clips that only the first, and only the second, judges right. */
  onlyFirst: number;
  /** Clips that only the second judges right. */
  onlySecond: number;
  /** Exact two-sided p, of the binomial distribution with 1/2. */
  exactP: number;
  /** (|onlyFirst - onlySecond| - 1)^2 / (onlyFirst + onlySecond): chi-squared with continuity correction. */
  chiSquared: number;
  /** Its p, with one degree of freedom. */
  chiSquaredP: number;
}

/**
 * McNemar's test (1947) of whether two classifiers are right equally often. Where they never differ both p are 1. Clips that
 * one has not judged are left out and counted.
 * @param judgements a table with the columns `first` and `second`: whether either judges the clip right
 * @throws {RangeError} when the lists have different lengths, or a judgement is neither true nor false
 */
export function mcnemar(judgements: ScoreColumns): McnemarTest;
/** The same of two lists: whether the first, and the second, judges each clip right. */
export function mcnemar(first: Labels, second: Labels): McnemarTest;
export function mcnemar(first: ScoreColumns | Labels, second?: Labels): McnemarTest {
  const [a, b] = isList(second)
    ? [first as Labels, second]
    : ['first', 'second'].map((name) => column(first as ScoreColumns, name, 'mcnemar'));
  checkLengths('mcnemar', 'judgements of the second', a.length, b.length);
  const given = [verdictsOf('mcnemar', a, 'first'), verdictsOf('mcnemar', b, 'second')] as const;
  const { columns, left } = completeRows('mcnemar', ['first judgement', 'second judgement'], given);
  let [onlyFirst, onlySecond] = [0, 0];
  columns[0].forEach((right, clip) => {
    if (right && !columns[1][clip]) onlyFirst++;
    if (!right && columns[1][clip]) onlySecond++;
  });
  const discordant = onlyFirst + onlySecond;
  const beyond = Math.max(0, Math.abs(onlyFirst - onlySecond) - 1);
  const chiSquared = discordant === 0 ? 0 : beyond ** 2 / discordant;
  return {
    onlyFirst,
    onlySecond,
    exactP: Math.min(1, 2 * fairTail(Math.min(onlyFirst, onlySecond), discordant)),
    chiSquared,
    chiSquaredP: twoSidedP(Math.sqrt(chiSquared)),
    ...left,
  };
}

/** P(X <= k) of X binomial with n tosses of a fair coin, k <= n / 2: from the k-th term downwards. */
function fairTail(k: number, n: number): number {
  let logTerm = -n * Math.LN2;
  for (let i = 1; i <= k; i++) logTerm += Math.log((n - k + i) / i);
  let term = 1;
  let sum = 1;
  for (let i = k; i > 0 && term > sum * 1e-17; i--) {
    term *= i / (n - i + 1);
    sum += term;
  }
  return Math.exp(logTerm) * sum;
}
