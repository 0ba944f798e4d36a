import { quantile } from '../base/quantile.js';
import { checkScores } from './validate.js';

/** Mean of scores. @throws {RangeError} for no or non-finite scores */
export function mean(scores: readonly number[]): number {
  checkScores('mean', scores);
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** Median of scores: of an even number, the mean of the middle two. @throws {RangeError} for no or non-finite scores */
export function median(scores: readonly number[]): number {
  checkScores('median', scores);
  return quantile(Float64Array.from(scores).sort(), 0.5);
}

/**
 * Counts of scores in bins, the same bins for every group. A score on an inner edge is in the bin right of it.
 * @param bins how many equal bins from the lowest to the highest score of all groups, a whole number from 1 on
 *   (default 20, as the official implementation; equal scores are in one bin of width 1); or the ascending edges,
 *   with which a group may be empty
 * @returns `edges`: bins + 1 ascending numbers; `counts`: for each group one count a bin
 * @throws {RangeError} for no or non-finite scores in a group, no group, another number of bins, or a score that is
 *   not within the edges
 */
export function histogram(
  groups: readonly (readonly number[])[],
  bins: number | readonly number[] = 20,
): { edges: number[]; counts: number[][] } {
  if (groups.length === 0) throw new RangeError('histogram: expected at least one group, received none');
  const edges = typeof bins === 'number' ? equalEdges(groups, bins) : [...bins];
  const counts = groups.map((scores) => {
    const counted = new Array<number>(edges.length - 1).fill(0);
    for (const score of scores) counted[binOf(score, edges)]++;
    return counted;
  });
  return { edges, counts };
}

function equalEdges(groups: readonly (readonly number[])[], bins: number): number[] {
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
  if (low === high) return [low - 0.5, low + 0.5];
  const width = (high - low) / bins;
  return Array.from({ length: bins + 1 }, (_, i) => (i === bins ? high : low + i * width));
}

/** The bin of a score: from where it would be if all bins were equal, step by step. */
function binOf(score: number, edges: readonly number[]): number {
  const last = edges.length - 2;
  const [low, high] = [edges[0], edges[last + 1]];
  if (!(score >= low && score <= high))
    throw new RangeError(`histogram: expected scores from ${low} to ${high}, received ${score}`);
  const guess = Math.floor(((score - low) / (high - low)) * (last + 1));
  let bin = guess >= 0 && guess <= last ? guess : last;
  while (bin > 0 && score < edges[bin]) bin--;
  while (bin < last && score >= edges[bin + 1]) bin++;
  return bin;
}
