import { checkScores } from './validate.js';

/**
 * Whether a model gives different clips the same score. Scores of a cluster follow each other, sorted, in steps of at
 * most `tolerance`.
 * @param options `tolerance` in units of the score; default 1e-4, far below a margin that means something
 * @returns `distinct`: number of clusters; `largestShare`: share of the scores that are in the largest one
 * @throws {RangeError} for no or non-finite scores, or a tolerance below 0
 */
export function scoreCollapse(
  scores: readonly number[],
  { tolerance = 1e-4 }: { tolerance?: number } = {},
): { distinct: number; largestShare: number } {
  checkScores('scoreCollapse', scores);
  if (!(tolerance >= 0))
    throw new RangeError(`scoreCollapse: tolerance must be 0 or more, received ${tolerance}`);
  const sorted = Float64Array.from(scores).sort();
  let distinct = 1;
  let size = 1;
  let largest = 1;
  for (let i = 1; i < sorted.length; i++) {
    const isNew = sorted[i] - sorted[i - 1] > tolerance;
    if (isNew) distinct++;
    size = isNew ? 1 : size + 1;
    largest = Math.max(largest, size);
  }
  return { distinct, largestShare: largest / sorted.length };
}
