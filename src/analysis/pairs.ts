import type { ScoreColumns } from './columns.js';
import type { Numbers } from './completeRows.js';
import { type PairArguments, pairScores } from './pairScores.js';

/**
 * Share of pairs whose chosen score is above the rejected one; a tie is not. Pairs that lack a score are left out.
 * Source: official implementation, `sample_pair_positive_ratio`.
 * @param pairs a table with the columns `chosen` and `rejected`, the scores of either clip
 * @throws {RangeError} for no pair, a score that is not finite, or not as many rejected as chosen ones
 */
export function pairAccuracy(pairs: ScoreColumns): number;
/** The same of two lists: the chosen scores, and the rejected ones. */
export function pairAccuracy(chosen: Numbers, rejected: Numbers): number;
export function pairAccuracy(...given: PairArguments<never>): number {
  const { chosen, rejected } = pairScores('pairAccuracy', given);
  return chosen.reduce((right, score, i) => right + Number(score > rejected[i]), 0) / chosen.length;
}

/**
 * Mean of chosen minus rejected score. Pairs that lack a score are left out.
 * @param pairs a table with the columns `chosen` and `rejected`, the scores of either clip
 * @throws {RangeError} for no pair, a score that is not finite, or not as many rejected as chosen ones
 */
export function meanMargin(pairs: ScoreColumns): number;
/** The same of two lists: the chosen scores, and the rejected ones. */
export function meanMargin(chosen: Numbers, rejected: Numbers): number;
export function meanMargin(...given: PairArguments<never>): number {
  const { chosen, rejected } = pairScores('meanMargin', given);
  return chosen.reduce((sum, score, i) => sum + score - rejected[i], 0) / chosen.length;
}
