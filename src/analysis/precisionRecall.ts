import { argsort, ordered } from '../base/argsort.js';
import type { Interval } from '../base/bootstrap.js';
import { normal975 } from '../base/normal.js';
import type { ScoreColumns } from './columns.js';
import type { LeftOut, Numbers } from './completeRows.js';
import { type LabelledArguments, type Labels, labelledScores } from './labelledScores.js';
import { passBytes, passCount } from './rank.js';
import { checkLabelled } from './validate.js';

/** Points of a precision-recall curve, from recall 0 to 1. */
export interface PrecisionRecallCurve extends LeftOut {
  /** Share of Pass among those at or above each threshold; 1 at recall 0, by convention. */
  precision: number[];
  /** Share of all Pass that is at or above each threshold. */
  recall: number[];
  /** Descending: infinity, then every distinct score. */
  thresholds: number[];
}

/**
 * Precision-recall curve of the prediction `score >= threshold`. Rows without a score or a label are left out and counted.
 * @param table a table with the columns `score` and `pass`
 * @throws {RangeError} for no score, one that is not finite, another number of labels, or labels of one kind only
 */
export function precisionRecall(table: ScoreColumns): PrecisionRecallCurve;
/** The same of two lists: scores, and labels, of which true is Pass. */
export function precisionRecall(scores: Numbers, labels: Labels): PrecisionRecallCurve;
export function precisionRecall(...given: LabelledArguments<never>): PrecisionRecallCurve {
  const { scores, labels, left } = labelledScores('precisionRecall', given);
  checkLabelled('precisionRecall', scores, labels);
  const order = argsort(scores);
  const passes = passCount(labels);
  const curve: PrecisionRecallCurve = {
    precision: [1],
    recall: [0],
    thresholds: [Number.POSITIVE_INFINITY],
    ...left,
  };
  let passesAbove = 0;
  for (let i = order.length - 1; i >= 0; i--) {
    if (labels[order[i]]) passesAbove++;
    if (i > 0 && scores[order[i]] === scores[order[i - 1]]) continue;
    curve.precision.push(passesAbove / (order.length - i));
    curve.recall.push(passesAbove / passes);
    curve.thresholds.push(scores[order[i]]);
  }
  return curve;
}

/**
 * Average precision: the sum over thresholds of precision times the recall that the threshold adds; a random score
 * has about the share of Pass. Its 95% interval is normal on the logit scale, with the standard error
 * 1 / sqrt(n+ AP (1 - AP)) there (Boyd, Eng and Page 2013, section 3.2). Rows without a score or a label are left out and counted.
 * @param table a table with the columns `score` and `pass`
 * @throws {RangeError} for no score, one that is not finite, another number of labels, or labels of one kind only
 */
export function averagePrecision(table: ScoreColumns): Interval & LeftOut;
/** The same of two lists: scores, and labels, of which true is Pass. */
export function averagePrecision(scores: Numbers, labels: Labels): Interval & LeftOut;
export function averagePrecision(...given: LabelledArguments<never>): Interval & LeftOut {
  const { scores, labels, left } = labelledScores('averagePrecision', given);
  checkLabelled('averagePrecision', scores, labels);
  const { order, sorted } = ordered(scores);
  const isPass = passBytes(labels);
  const passes = passCount(labels);
  let value = 0;
  let [passesAbove, passesBefore] = [0, 0];
  for (let i = order.length - 1; i >= 0; i--) {
    passesAbove += isPass[order[i]];
    if (i > 0 && sorted[i] === sorted[i - 1]) continue;
    value += ((passesAbove / (order.length - i)) * (passesAbove - passesBefore)) / passes;
    passesBefore = passesAbove;
  }
  if (value >= 1 - 1e-12) return { value: 1, low: 1, high: 1, ...left };
  const logit = Math.log(value / (1 - value));
  const spread = normal975 / Math.sqrt(passes * value * (1 - value));
  return { value, low: expit(logit - spread), high: expit(logit + spread), ...left };
}

const expit = (x: number): number => 1 / (1 + Math.exp(-x));
