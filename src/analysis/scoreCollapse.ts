import type { ScoreColumns } from './columns.js';
import type { LeftOut, Numbers } from './completeRows.js';
import { scoresOf } from './scoresOf.js';

/** How many different scores there are. */
export interface ScoreCollapse extends LeftOut {
  /** Number of clusters of equal scores. */
  distinct: number;
  /** Share of the scores that are in the largest one. */
  largestShare: number;
}

/**
 * Whether a model gives different clips the same score. Scores of a cluster follow each other, sorted, in steps of at
 * most `tolerance`. Rows without a score are left out and counted.
 * @param scores a table with the column `score`, or a list
 * @param options `tolerance` in units of the score; default 1e-4, far below a margin that means something
 * @throws {RangeError} for no score, one that is not finite, or a tolerance below 0
 */
export function scoreCollapse(
  scores: ScoreColumns | Numbers,
  { tolerance = 1e-4 }: { tolerance?: number } = {},
): ScoreCollapse {
  const given = scoresOf('scoreCollapse', scores);
  if (!(tolerance >= 0))
    throw new RangeError(`scoreCollapse: tolerance must be 0 or more, received ${tolerance}`);
  const sorted = Float64Array.from(given.scores).sort();
  let distinct = 1;
  let size = 1;
  let largest = 1;
  for (let i = 1; i < sorted.length; i++) {
    const isNew = sorted[i] - sorted[i - 1] > tolerance;
    if (isNew) distinct++;
    size = isNew ? 1 : size + 1;
    largest = Math.max(largest, size);
  }
  return { distinct, largestShare: largest / sorted.length, ...given.left };
}
