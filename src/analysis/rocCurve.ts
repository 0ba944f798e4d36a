import { argsort } from '../base/argsort.js';
import { checkLabelled } from './validate.js';

/** Points of a ROC curve, from (0, 0) to (1, 1). */
export interface RocCurve {
  /** Share of Fail at or above each threshold. */
  falsePositiveRate: number[];
  /** Share of Pass at or above each threshold. */
  truePositiveRate: number[];
  /** Descending: infinity, then every distinct score. */
  thresholds: number[];
}

/**
 * ROC curve of the prediction `score >= threshold`.
 * @throws {RangeError} for no or non-finite scores, another number of labels, or labels of one kind only
 */
export function rocCurve(scores: readonly number[], labels: readonly boolean[]): RocCurve {
  checkLabelled('rocCurve', scores, labels);
  const order = argsort(scores);
  const passes = labels.reduce((count, label) => count + Number(label), 0);
  const curve: RocCurve = {
    falsePositiveRate: [0],
    truePositiveRate: [0],
    thresholds: [Number.POSITIVE_INFINITY],
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
