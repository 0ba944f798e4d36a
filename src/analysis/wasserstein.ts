import type { ScoreColumns } from './columns.js';
import type { Numbers } from './completeRows.js';
import { distributionSteps } from './distributionSteps.js';
import { scoresOf } from './scoresOf.js';

/**
 * Wasserstein's distance of two samples, in units of the score: how far a value has to be moved on average to make the
 * one the other; the area between the distribution functions. What is missing is left out.
 * @param before and `after`: tables with the column `score`, or lists
 * @throws {RangeError} for no values, or one that is not finite
 */
export function wasserstein(before: ScoreColumns | Numbers, after: ScoreColumns | Numbers): number {
  const { scores: first } = scoresOf('wasserstein: before', before);
  const { scores: second } = scoresOf('wasserstein: after', after);
  let area = 0;
  const { differences, widths } = distributionSteps(first, second);
  for (let i = 0; i < widths.length; i++) area += Math.abs(differences[i]) * widths[i];
  return area;
}
