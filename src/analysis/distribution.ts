import { quantile } from '../base/quantile.js';
import { isList, isNumbers, type ScoreColumns } from './columns.js';
import type { LeftOut, Numbers } from './completeRows.js';
import { meanOf } from './influence.js';
import { leftOutOf, scoresOf } from './scoresOf.js';

/**
 * Mean of scores; those that are missing are left out.
 * @param scores a table with the column `score`, or a list
 * @throws {RangeError} for no score, or one that is not finite
 */
export function mean(scores: ScoreColumns | Numbers): number {
  const { scores: values } = scoresOf('mean', scores);
  return meanOf(values);
}

/**
 * Median of scores: of an even number, the mean of the middle two. Those that are missing are left out.
 * @param scores a table with the column `score`, or a list
 * @throws {RangeError} for no score, or one that is not finite
 */
export function median(scores: ScoreColumns | Numbers): number {
  return quantile(Float64Array.from(scoresOf('median', scores).scores).sort(), 0.5);
}

/** Counts of scores in bins. */
export interface Histogram extends LeftOut {
  /** Ascending, one more than there are bins. */
  edges: number[];
  /** For each group one count a bin. */
  counts: number[][];
}

/**
 * Counts of scores in bins, the same bins for every group. A score on an inner edge is in the bin right of it. What is missing is left
 * out and counted.
 * @param groups a table with the column `score`, or a list of scores, is one group; or a list of such
 * @param bins how many equal bins from the lowest to the highest score of all groups, a whole number from 1 on
 *   (default 20, as the official implementation; equal scores are in one bin of width 1); or the ascending edges,
 *   with which a group may be empty
 * @throws {RangeError} for no score or one that is not finite in a group, no group, another number of bins, or a score that is
 *   not within the edges
 */
export function histogram(
  groups: ScoreColumns | Numbers | readonly (ScoreColumns | Numbers)[],
  bins: number | readonly number[] = 20,
): Histogram {
  const listed = isOneGroup(groups) ? [groups] : (groups as readonly (ScoreColumns | Numbers)[]);
  if (listed.length === 0) throw new RangeError('histogram: expected at least one group, received none');
  const read = listed.map((group, i) => {
    const isEmpty = typeof bins !== 'number' && isNumbers(group) && group.length === 0;
    return isEmpty ? { scores: [], left: {} } : scoresOf(`histogram: group ${i + 1}`, group);
  });
  const scores = read.map((group) => group.scores);
  const edges = typeof bins === 'number' ? equalEdges(scores, bins) : [...bins];
  const counts = scores.map((values) => countsOf(values, edges));
  return { edges, counts, ...leftOutOf(...read.map(({ left }) => left)) };
}

/** Whether scores are of one group: a list of lists or tables is not. */
function isOneGroup(groups: unknown): groups is ScoreColumns | Numbers {
  if (!isList(groups)) return true;
  return groups.length > 0 && !isList(groups[0]) && !isArqueroTable(groups[0]);
}

const isArqueroTable = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'columnNames' in value;

/** Counts of finite scores in bins between ascending edges. */
export function countsOf(scores: readonly number[], edges: readonly number[]): number[] {
  const counted = new Array<number>(edges.length - 1).fill(0);
  for (const score of scores) counted[binOf(score, edges)]++;
  return counted;
}

function equalEdges(groups: readonly (readonly number[])[], bins: number): number[] {
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
