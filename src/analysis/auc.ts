import { comparePairs } from './rank.js';
import { checkLabelled } from './validate.js';

/**
 * Area under the ROC curve: P(s⁺ > s⁻) + ½ P(s⁺ = s⁻) over all pairs of a Pass and a Fail score.
 * @throws {RangeError} for no or non-finite scores, another number of labels, or labels of one kind only
 */
export function auc(scores: readonly number[], labels: readonly boolean[]): number {
  checkLabelled('auc', scores, labels);
  const { wins, ties, pairs } = comparePairs(scores, labels);
  return (wins + ties / 2) / pairs;
}
