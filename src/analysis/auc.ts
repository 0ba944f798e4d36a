import type { ScoreColumns } from './columns.js';
import type { Numbers } from './completeRows.js';
import { type LabelledArguments, type Labels, labelledScores } from './labelledScores.js';
import { comparePairs } from './rank.js';
import { checkLabelled } from './validate.js';

/**
 * Area under the ROC curve: P(s⁺ > s⁻) + ½ P(s⁺ = s⁻) over all pairs of a Pass and a Fail score.
 * Rows without a score or a label are left out.
 * @param table a table with the columns `score` and `pass`
 * @throws {RangeError} for no score, one that is not finite, another number of labels, or labels of one kind only
 */
export function auc(table: ScoreColumns): number;
/** The same of two lists: scores, and labels, of which true is Pass. */
export function auc(scores: Numbers, labels: Labels): number;
export function auc(...given: LabelledArguments<never>): number {
  const { scores, labels } = labelledScores('auc', given);
  checkLabelled('auc', scores, labels);
  const { wins, ties, pairs } = comparePairs(scores, labels);
  return (wins + ties / 2) / pairs;
}
