import type { ScoreColumns } from './columns.js';
import type { Numbers } from './completeRows.js';
import { type LabelledArguments, type Labels, labelledScores } from './labelledScores.js';
import { comparePairs } from './rank.js';
import { checkLabelled } from './validate.js';

/**
 * Share of all pairs of a Pass and a Fail score in which the Pass score is above: P(s⁺ > s⁻); a tie is not.
 * Source: official implementation, `all_pair_positive_ratio`.
 * Rows without a score or a label are left out.
 * @param table a table with the columns `score` and `pass`
 * @throws {RangeError} for no score, one that is not finite, another number of labels, or labels of one kind only
 */
export function allPairRatio(table: ScoreColumns): number;
/** The same of two lists: scores, and labels, of which true is Pass. */
export function allPairRatio(scores: Numbers, labels: Labels): number;
export function allPairRatio(...given: LabelledArguments<never>): number {
  const { scores, labels } = labelledScores('allPairRatio', given);
  checkLabelled('allPairRatio', scores, labels);
  const { wins, pairs } = comparePairs(scores, labels);
  return wins / pairs;
}
