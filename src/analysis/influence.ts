import type { Interval } from '../base/bootstrap.js';
import { normal975 } from '../base/normal.js';

/** A statistic, and how much each item moves it: the influences sum to 0. */
export interface Influenced {
  value: number;
  influences: Float64Array;
}

/** Mean of numbers; NaN of none. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/**
 * The standard error of a statistic from the influence of each item, in O(n):
 * SE^2 = C / (C - 1) * sum over clusters of (sum of the cluster's influences)^2 / n^2, where each item is a cluster
 * of its own if there are none: the infinitesimal jackknife (Efron and Tibshirani 1993, chapter 21), and its sandwich
 * form for items that are not independent, such as clips of one prompt (Obuchowski 1997 for the AUC).
 * @param influences of each item, summing to 0
 * @param clusters the cluster of each item
 * @returns NaN where there is one cluster only
 */
export function influenceError(influences: ArrayLike<number>, clusters?: readonly string[]): number {
  const sums = clusters ? clusterSums(influences, clusters) : influences;
  let squares = 0;
  for (let i = 0; i < sums.length; i++) squares += sums[i] * sums[i];
  return Math.sqrt((squares * sums.length) / (sums.length - 1)) / influences.length;
}

function clusterSums(influences: ArrayLike<number>, clusters: readonly string[]): number[] {
  const sums = new Map<string, number>();
  clusters.forEach((cluster, item) => {
    sums.set(cluster, (sums.get(cluster) ?? 0) + influences[item]);
  });
  return [...sums.values()];
}

/** The 95% interval of a value with a normal error, kept within bounds. */
export function normalInterval(
  value: number,
  error: number,
  [lowest, highest]: readonly [number, number] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
): Interval {
  return {
    value,
    low: Math.max(lowest, value - normal975 * error),
    high: Math.min(highest, value + normal975 * error),
  };
}

/** The 95% interval of a correlation: normal on Fisher's scale, atanh r, so that it stays within -1 and 1. */
export function correlationInterval(value: number, error: number): Interval {
  if (error === 0) return { value, low: value, high: value };
  const center = Math.atanh(value);
  const spread = (normal975 * error) / (1 - value * value);
  return { value, low: Math.tanh(center - spread), high: Math.tanh(center + spread) };
}
