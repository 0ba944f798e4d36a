import type { Interval } from '../base/bootstrap.js';
import { student975 } from '../base/studentT.js';
import { mean } from './distribution.js';
import { checkLengths, checkScores } from './validate.js';

/**
 * What repeats of an experiment say of "the first is greater than the second": `holds` where the whole interval of the
 * difference is above 0, `does not hold` where it is below; else `not decidable`.
 */
export type Verdict = 'holds' | 'does not hold' | 'not decidable';

/** A difference over seeds. */
export interface PairedDifference extends Interval {
  /** What the interval says of the claim that the first is greater. */
  verdict: Verdict;
}

/**
 * Mean of an experiment's results over its seeds, with Student's 95% interval: mean ± t(0.975, n - 1) s / √n.
 * @param results one for each seed
 * @throws {RangeError} for fewer than two results, or one that is not finite
 */
export function overSeeds(results: readonly number[]): Interval {
  checkScores('overSeeds', results, 'results');
  const n = results.length;
  if (n < 2) throw new RangeError('overSeeds: expected the results of at least two seeds, received one');
  const value = mean(results);
  const squares = results.reduce((sum, result) => sum + (result - value) ** 2, 0);
  const reach = student975(n - 1) * Math.sqrt(squares / (n - 1) / n);
  return { value, low: value - reach, high: value + reach };
}

/**
 * First minus second, seed by seed, with Student's paired 95% interval: what is easy under a seed is easy for both.
 * @param first results under each seed; `second` under the same seeds in the same order
 * @throws {RangeError} as `overSeeds`, and for lists of different lengths
 */
export function pairedOverSeeds(first: readonly number[], second: readonly number[]): PairedDifference {
  checkScores('pairedOverSeeds', first, 'first');
  checkScores('pairedOverSeeds', second, 'second');
  checkLengths('pairedOverSeeds', 'results of the second', first.length, second.length);
  const interval = overSeeds(first.map((result, i) => result - second[i]));
  return { ...interval, verdict: verdict(interval) };
}

/** What the interval of a difference says of it. */
export function verdict({ low, high }: Pick<Interval, 'low' | 'high'>): Verdict {
  return low > 0 ? 'holds' : high < 0 ? 'does not hold' : 'not decidable';
}
