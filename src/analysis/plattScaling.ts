import { column, isNumbers, type ScoreColumns } from './columns.js';
import { completeRows, type LeftOut, type Numbers, numbersOf } from './completeRows.js';
import { meanOf } from './influence.js';
import { type LabelledArguments, type Labels, labelledScores } from './labelledScores.js';
import { checkLabelled } from './validate.js';

/** The logistic curve P(Pass) = 1 / (1 + exp(-(slope * score + intercept))). */
export interface LogisticCurve extends LeftOut {
  /** What a unit of score adds to the log-odds of Pass. */
  slope: number;
  /** The log-odds of Pass at a score of 0. */
  intercept: number;
}

const mostSteps = 100;

/**
 * Fits a logistic curve of P(Pass) to scores by maximum likelihood, with Platt's targets: (n+ + 1) / (n+ + 2) for Pass
 * and 1 / (n- + 2) for Fail instead of 1 and 0, so that the curve stays finite where the scores tell Pass from Fail
 * without a mistake. Newton's method with halved steps. Equal scores have slope 0. Rows without a score or a label are left out and
 * counted.
 * Source: Platt 1999, with the method of Lin, Lin and Weng 2007.
 * @param table a table with the columns `score` and `pass`
 * @throws {RangeError} for no score, one that is not finite, another number of labels, or labels of one kind only
 */
export function plattScaling(table: ScoreColumns): LogisticCurve;
/** The same of two lists: scores, and labels, of which true is Pass. */
export function plattScaling(scores: Numbers, labels: Labels): LogisticCurve;
export function plattScaling(...given: LabelledArguments<never>): LogisticCurve {
  const { scores, labels, left } = labelledScores('plattScaling', given);
  checkLabelled('plattScaling', scores, labels);
  const n = scores.length;
  const passes = labels.reduce((count, label) => count + Number(label), 0);
  const passTarget = (passes + 1) / (passes + 2);
  const failTarget = 1 / (n - passes + 2);
  const logit = Math.log(
    (passes * passTarget + (n - passes) * failTarget) /
      (passes * (1 - passTarget) + (n - passes) * (1 - failTarget)),
  );

  // Standardised, the two directions are of one scale.
  const mean = meanOf(scores);
  const deviation = Math.sqrt(meanOf(scores.map((score) => (score - mean) ** 2)));
  if (scores.every((score) => score === scores[0])) return { slope: 0, intercept: logit, ...left };
  const x = Float64Array.from(scores, (score) => (score - mean) / deviation);
  const y = Float64Array.from(labels, (label) => (label ? passTarget : failTarget));

  let [slope, intercept] = [0, logit];
  let loss = crossEntropy(x, y, slope, intercept);
  for (let step = 0; step < mostSteps; step++) {
    const [moveSlope, moveIntercept, decrease] = newtonStep(x, y, slope, intercept);
    let size = 1;
    let next = crossEntropy(x, y, slope + moveSlope, intercept + moveIntercept);
    while (next > loss && size > 1e-10) {
      size /= 2;
      next = crossEntropy(x, y, slope + size * moveSlope, intercept + size * moveIntercept);
    }
    if (next <= loss) {
      slope += size * moveSlope;
      intercept += size * moveIntercept;
      loss = next;
    }
    if (decrease < 1e-24 || size <= 1e-10) break;
  }
  return { slope: slope / deviation, intercept: intercept - (slope * mean) / deviation, ...left };
}

/**
 * P(Pass) of each score on a logistic curve: as many as there are scores, NaN where one is missing.
 * @param scores a table with the column `score`, or a list
 * @param curve as `plattScaling` gives it
 * @throws {RangeError} for a score that is neither missing nor a finite number, or where all are missing
 */
export function logistic(scores: ScoreColumns | Numbers, { slope, intercept }: LogisticCurve): number[] {
  const values = numbersOf(
    'logistic',
    isNumbers(scores) ? scores : column(scores as ScoreColumns, 'score', 'logistic'),
  );
  completeRows('logistic', ['score'], [values]);
  return values.map((score) => 1 / (1 + Math.exp(-(slope * score + intercept))));
}

/** Mean of log(1 + exp z) - y z, written so that nothing overflows. */
function crossEntropy(x: Float64Array, y: Float64Array, slope: number, intercept: number): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const z = slope * x[i] + intercept;
    sum += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - y[i] * z;
  }
  return sum / x.length;
}

/** The Newton step, and the squared decrease that it promises. */
function newtonStep(x: Float64Array, y: Float64Array, slope: number, intercept: number) {
  let [gradientSlope, gradientIntercept] = [0, 0];
  let [ss, si, ii] = [1e-12, 0, 1e-12];
  for (let i = 0; i < x.length; i++) {
    const p = 1 / (1 + Math.exp(-(slope * x[i] + intercept)));
    const weight = (p * (1 - p)) / x.length;
    const residual = (p - y[i]) / x.length;
    gradientSlope += residual * x[i];
    gradientIntercept += residual;
    ss += weight * x[i] * x[i];
    si += weight * x[i];
    ii += weight;
  }
  const determinant = ss * ii - si * si;
  const moveSlope = -(ii * gradientSlope - si * gradientIntercept) / determinant;
  const moveIntercept = -(ss * gradientIntercept - si * gradientSlope) / determinant;
  const decrease = -(moveSlope * gradientSlope + moveIntercept * gradientIntercept);
  return [moveSlope, moveIntercept, decrease] as const;
}
