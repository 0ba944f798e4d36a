import type { Interval } from '../base/bootstrap.js';
import { student975, studentP } from '../base/studentT.js';

/** How many values there are, their mean, and the sum of their squared distances from it. */
interface Moments {
  n: number;
  mean: number;
  /** Unbiased; NaN of one value. */
  variance: number;
}

export function momentsOf(values: readonly number[]): Moments {
  const n = values.length;
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / n;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { n, mean, variance: n > 1 ? squares / (n - 1) : Number.NaN };
}

/** Mean with Student's 95% interval: mean ± t(0.975, n - 1) s / √n; of one value its ends are NaN. */
export function meanInterval(values: readonly number[]): Interval {
  const { n, mean, variance } = momentsOf(values);
  const reach = n > 1 ? student975(n - 1) * Math.sqrt(variance / n) : Number.NaN;
  return { value: mean, low: mean - reach, high: mean + reach };
}

/** A difference of means with its 95% interval, and p of the hypothesis that it is 0. */
export interface MeanDifference {
  difference: Interval;
  p: number;
}

/** Student's test of paired differences: is their mean 0? */
export function pairedTest(differences: readonly number[]): MeanDifference {
  const { n, mean, variance } = momentsOf(differences);
  const difference = meanInterval(differences);
  if (!(variance > 0)) return { difference, p: mean === 0 ? 1 : n > 1 ? 0 : Number.NaN };
  return { difference, p: studentP(mean / Math.sqrt(variance / n), n - 1) };
}

/**
 * Welch's test: do two groups of unequal spread have one mean? First minus second, by Student's t with Satterthwaite's degrees of
 * freedom. Source: Welch 1947. NaN where a group has one value.
 */
export function welch(first: readonly number[], second: readonly number[]): MeanDifference {
  const [a, b] = [momentsOf(first), momentsOf(second)];
  const [errorA, errorB] = [a.variance / a.n, b.variance / b.n];
  const value = a.mean - b.mean;
  const error = Math.sqrt(errorA + errorB);
  if (error === 0) return { difference: { value, low: value, high: value }, p: value === 0 ? 1 : 0 };
  const degrees = (errorA + errorB) ** 2 / (errorA ** 2 / (a.n - 1) + errorB ** 2 / (b.n - 1));
  if (Number.isNaN(degrees))
    return { difference: { value, low: Number.NaN, high: Number.NaN }, p: Number.NaN };
  const reach = student975(degrees) * error;
  return {
    difference: { value, low: value - reach, high: value + reach },
    p: studentP(value / error, degrees),
  };
}
