import { checkPairs } from './validate.js';

/**
 * Share of pairs whose chosen score is above the rejected one; a tie is not.
 * Source: official implementation, `sample_pair_positive_ratio`.
 * @throws {RangeError} for no or non-finite scores, or not as many rejected as chosen ones
 */
export function pairAccuracy(chosen: readonly number[], rejected: readonly number[]): number {
  checkPairs('pairAccuracy', chosen, rejected);
  return chosen.reduce((right, score, i) => right + Number(score > rejected[i]), 0) / chosen.length;
}

/**
 * Mean of chosen minus rejected score.
 * @throws {RangeError} for no or non-finite scores, or not as many rejected as chosen ones
 */
export function meanMargin(chosen: readonly number[], rejected: readonly number[]): number {
  checkPairs('meanMargin', chosen, rejected);
  return chosen.reduce((sum, score, i) => sum + score - rejected[i], 0) / chosen.length;
}
