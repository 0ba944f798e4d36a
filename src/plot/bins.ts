import { histogram } from '../analysis/distribution.js';
import { roundBins } from '../analysis/roundBins.js';

/** Bars of a histogram for several groups: every group is counted in the same bins. */
export interface SharedBins {
  /** Width of each bin. */
  width: number;
  centers: number[];
  /** For each group, how many of its values are in each bin. */
  counts: number[][];
}

/**
 * Counts groups of values in shared bins with round edges, 0 among them. A value on an edge is in the bin right of
 * it, the largest value in the last bin.
 * @param groups finite values, at least one in all
 * @param bins about how many bins
 */
export function sharedBins(groups: readonly (readonly number[])[], bins?: number): SharedBins {
  const { edges, width } = roundBins(groups.flat(), bins);
  const centers = edges.slice(1).map((right, bin) => (edges[bin] + right) / 2);
  return { width, centers, counts: histogram(groups, edges).counts };
}
