import type { Interval } from '../base/bootstrap.js';
import { normal975 } from '../base/normal.js';

/**
 * A share with its 95% interval by Wilson's score (1927), which holds near 0 and 1 too; NaN where there is nothing.
 * @param hits how many of `total` there are
 */
export function wilson(hits: number, total: number): Interval {
  const value = hits / total;
  const z2 = normal975 ** 2 / total;
  const center = (value + z2 / 2) / (1 + z2);
  const spread = (normal975 * Math.sqrt((value * (1 - value)) / total + z2 / total / 4)) / (1 + z2);
  return {
    value,
    low: hits === 0 ? 0 : center - spread,
    high: hits === total ? 1 : center + spread,
  };
}
