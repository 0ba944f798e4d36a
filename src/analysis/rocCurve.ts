import { argsort } from '../base/argsort.js';
import type { ScoreColumns } from './columns.js';
import type { LeftOut, Numbers } from './completeRows.js';
import { type LabelledArguments, type Labels, labelledScores } from './labelledScores.js';
import { passCount } from './rank.js';
import { checkLabelled } from './validate.js';

/** Points of a ROC curve, from (0, 0) to (1, 1). */
export interface RocCurve extends LeftOut {
  /** Share of Fail at or above each threshold. */
  falsePositiveRate: number[];
  /** Share of Pass at or above each threshold. */
  truePositiveRate: number[];
  /** Descending: infinity, then every distinct score. */
  thresholds: number[];
}

/**
 * ROC curve of the prediction `score >= threshold`. Rows without a score or a label are left out and counted.
 * @param table a table with the columns `score` and `pass`
 * @throws {RangeError} for no score, one that is not finite, another number of labels, or labels of one kind only
 */
export function rocCurve(table: ScoreColumns): RocCurve;
/** The same of two lists: scores, and labels, of which true is Pass. */
export function rocCurve(scores: Numbers, labels: Labels): RocCurve;
export function rocCurve(...given: LabelledArguments<never>): RocCurve {
  const { scores, labels, left } = labelledScores('rocCurve', given);
  checkLabelled('rocCurve', scores, labels);
  const order = argsort(scores);
  const passes = passCount(labels);
  const curve: RocCurve = {
    falsePositiveRate: [0],
    truePositiveRate: [0],
    thresholds: [Number.POSITIVE_INFINITY],
    ...left,
  };
  let passesAbove = 0;
  for (let i = order.length - 1; i >= 0; i--) {
    if (labels[order[i]]) passesAbove++;
    if (i > 0 && scores[order[i]] === scores[order[i - 1]]) continue;
    const above = order.length - i;
    curve.falsePositiveRate.push((above - passesAbove) / (labels.length - passes));
    curve.truePositiveRate.push(passesAbove / passes);
    curve.thresholds.push(scores[order[i]]);
  }
  return curve;
}
