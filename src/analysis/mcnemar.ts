import { twoSidedP } from '../base/normal.js';
import { checkLengths } from './validate.js';

/** McNemar's test of two classifiers on the same clips. */
export interface McnemarTest {
  /** Clips that only the first, and only the second, judges right. */
  onlyFirst: number;
  onlySecond: number;
  /** Exact two-sided p, of the binomial distribution with 1/2. */
  exactP: number;
  /** (|onlyFirst - onlySecond| - 1)^2 / (onlyFirst + onlySecond): chi-squared with continuity correction. */
  chiSquared: number;
  /** Its p, with one degree of freedom. */
  chiSquaredP: number;
}

/**
 * McNemar's test (1947) of whether two classifiers are right equally often. Where they never differ both p are 1.
 * @param first whether the first judges each clip right
 * @param second the same of the second
 * @throws {RangeError} when the lists have different lengths
 */
export function mcnemar(first: readonly boolean[], second: readonly boolean[]): McnemarTest {
  checkLengths('mcnemar', 'judgements of the second', first.length, second.length);
  let [onlyFirst, onlySecond] = [0, 0];
  first.forEach((right, clip) => {
    if (right && !second[clip]) onlyFirst++;
    if (!right && second[clip]) onlySecond++;
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
