import { forSteps } from './distributionSteps.js';
import { checkScores } from './validate.js';

/**
 * Wasserstein's distance of two samples, in units of the score: how far a value has to be moved on average to make the
 * one the other; the area between the distribution functions.
 * @throws {RangeError} for no or non-finite values
 */
export function wasserstein(before: readonly number[], after: readonly number[]): number {
  checkScores('wasserstein', before, 'before');
  checkScores('wasserstein', after, 'after');
  let area = 0;
  forSteps(before, after, (difference, width) => {
    area += Math.abs(difference) * width;
  });
  return area;
}
