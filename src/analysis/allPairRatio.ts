import { comparePairs } from './rank.js';
import { checkLabelled } from './validate.js';

/**
 * Share of all pairs of a Pass and a Fail score in which the Pass score is above: P(s⁺ > s⁻); a tie is not.
 * Source: official implementation, `all_pair_positive_ratio`.
 * @throws {RangeError} for no or non-finite scores, another number of labels, or labels of one kind only
 */
export function allPairRatio(scores: readonly number[], labels: readonly boolean[]): number {
  checkLabelled('allPairRatio', scores, labels);
  const { wins, pairs } = comparePairs(scores, labels);
  return wins / pairs;
}
