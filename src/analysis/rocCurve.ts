import { checkLabelled } from './check.js';
import { ascending } from './rank.js';

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
  const order = ascending(scores).reverse();
  const passes = labels.reduce((count, label) => count + Number(label), 0);
  const curve: RocCurve = {
    falsePositiveRate: [0],
    truePositiveRate: [0],
    thresholds: [Number.POSITIVE_INFINITY],
  };
  let passesAbove = 0;
  order.forEach((clip, above) => {
    if (labels[clip]) passesAbove++;
    if (scores[clip] === scores[order[above + 1]]) return;
    curve.falsePositiveRate.push((above + 1 - passesAbove) / (labels.length - passes));
    curve.truePositiveRate.push(passesAbove / passes);
    curve.thresholds.push(scores[clip]);
  });
  return curve;
}
