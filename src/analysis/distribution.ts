import { checkScores } from './check.js';

/** Mean of scores. @throws {RangeError} for no or non-finite scores */
export function mean(scores: readonly number[]): number {
  checkScores('mean', scores);
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** Median of scores: of an even number, the mean of the middle two. @throws {RangeError} for no or non-finite scores */
export function median(scores: readonly number[]): number {
  checkScores('median', scores);
  const sorted = Float64Array.from(scores).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Counts of scores in equal bins from the lowest to the highest score of all groups, the same bins for every group.
 * A score on an inner edge is in the bin right of it. If all scores are equal they are in one bin of width 1.
 * @param bins a whole number from 1 on; default 20, as the official implementation
 * @returns `edges`: bins + 1 ascending numbers; `counts`: for each group one count a bin
 * @throws {RangeError} for no or non-finite scores in a group, no group, or another number of bins
 */
export function histogram(
  groups: readonly (readonly number[])[],
  bins = 20,
): { edges: number[]; counts: number[][] } {
  if (groups.length === 0) throw new RangeError('histogram: expected at least one group, received none');
  groups.forEach((scores, group) => {
    checkScores('histogram', scores, `group ${group + 1}`);
  });
  if (!(Number.isInteger(bins) && bins >= 1))
    throw new RangeError(`histogram: bins must be a whole number from 1 on, received ${bins}`);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const score of groups.flat()) {
    low = Math.min(low, score);
    high = Math.max(high, score);
  }
  if (low === high) return { edges: [low - 0.5, low + 0.5], counts: groups.map(({ length }) => [length]) };

  const width = (high - low) / bins;
  const edges = Array.from({ length: bins + 1 }, (_, i) => (i === bins ? high : low + i * width));
  const binOf = (score: number) => {
    const bin = Math.min(bins - 1, Math.floor((score - low) / width));
    // Rounding of the division may miss the edge by a hair.
    if (bin > 0 && score < edges[bin]) return bin - 1;
    return bin < bins - 1 && score >= edges[bin + 1] ? bin + 1 : bin;
  };
  const counts = groups.map((scores) => {
    const counted = new Array<number>(bins).fill(0);
    for (const score of scores) counted[binOf(score)]++;
    return counted;
  });
  return { edges, counts };
}
