import { argsort } from '../base/argsort.js';
import type { ScoreColumns } from './columns.js';
import type { LeftOut, Numbers } from './completeRows.js';
import { type LabelledArguments, type Labels, labelledScores } from './labelledScores.js';
import { checkLabelled } from './validate.js';

/** What a wrong decision costs; 1 each if it is not given. */
export interface Costs {
  /** A Fail that is let through. */
  falsePass?: number;
  /** A Pass that is thrown away. */
  falseFail?: number;
}

/** A decision `score >= threshold` and what comes of it. */
export interface ThresholdChoice extends LeftOut {
  /** Infinity where letting nothing through is the cheapest. */
  threshold: number;
  /** Mean cost of a clip. */
  cost: number;
  /** Fail clips that the threshold lets through. */
  falsePasses: number;
  /** Pass clips that the threshold throws away. */
  falseFails: number;
}

/** The mistakes of every threshold, from infinity (nothing passes) downwards over the distinct scores. */
export interface ThresholdMistakes {
  clips: number;
  thresholds: Float64Array;
  falsePasses: Uint32Array;
  falseFails: Uint32Array;
}

/**
 * The threshold with the least cost, among all distinct scores and infinity (nothing passes); of equally cheap ones
 * the highest. Rows without a score or a label are left out and counted.
 * @param table a table with the columns `score` and `pass`
 * @throws {RangeError} for no score, one that is not finite, another number of labels, labels of one kind only, or a cost that
 *   is not a number above 0
 */
export function chooseThreshold(table: ScoreColumns, costs?: Costs): ThresholdChoice;
/** The same of two lists: scores, and labels, of which true is Pass. */
export function chooseThreshold(scores: Numbers, labels: Labels, costs?: Costs): ThresholdChoice;
export function chooseThreshold(...given: LabelledArguments<Costs>): ThresholdChoice {
  const { scores, labels, options: costs, left } = labelledScores('chooseThreshold', given);
  return { ...cheapest(thresholdMistakes(scores, labels), costs), ...left };
}

/**
 * The cheapest of the thresholds; of equally cheap ones the highest.
 * @throws {RangeError} for a cost that is not a number above 0
 */
export function cheapest(mistakes: ThresholdMistakes, costs: Costs = {}): ThresholdChoice {
  const all = thresholdCosts(mistakes, costs);
  let best = 0;
  for (let i = 1; i < all.length; i++) if (all[i] < all[best]) best = i;
  return {
    threshold: mistakes.thresholds[best],
    cost: all[best],
    falsePasses: mistakes.falsePasses[best],
    falseFails: mistakes.falseFails[best],
  };
}

/**
 * The mean cost of a clip for each threshold.
 * @throws {RangeError} for a cost that is not a number above 0
 */
export function thresholdCosts(
  { clips, falsePasses, falseFails }: ThresholdMistakes,
  { falsePass = 1, falseFail = 1 }: Costs = {},
): Float64Array {
  for (const [name, cost] of Object.entries({ falsePass, falseFail }))
    if (!(cost > 0 && Number.isFinite(cost)))
      throw new RangeError(`chooseThreshold: ${name}: expected a cost above 0, received ${cost}`);
  const costs = new Float64Array(falsePasses.length);
  for (let i = 0; i < costs.length; i++)
    costs[i] = (falsePasses[i] * falsePass + falseFails[i] * falseFail) / clips;
  return costs;
}

/**
 * How many clips each threshold judges wrong.
 * @throws {RangeError} for no or non-finite scores, another number of labels, or labels of one kind only
 */
export function thresholdMistakes(scores: readonly number[], labels: readonly boolean[]): ThresholdMistakes {
  checkLabelled('chooseThreshold', scores, labels);
  const order = argsort(scores);
  const thresholds = new Float64Array(order.length + 1);
  const falsePasses = new Uint32Array(order.length + 1);
  const falseFails = new Uint32Array(order.length + 1);
  thresholds[0] = Number.POSITIVE_INFINITY;
  falseFails[0] = labels.reduce((count, label) => count + Number(label), 0);
  let count = 1;
  let passesAbove = 0;
  for (let i = order.length - 1; i >= 0; i--) {
    if (labels[order[i]]) passesAbove++;
    if (i > 0 && scores[order[i]] === scores[order[i - 1]]) continue;
    thresholds[count] = scores[order[i]];
    falsePasses[count] = order.length - i - passesAbove;
    falseFails[count++] = falseFails[0] - passesAbove;
  }
  return {
    clips: scores.length,
    thresholds: thresholds.subarray(0, count),
    falsePasses: falsePasses.subarray(0, count),
    falseFails: falseFails.subarray(0, count),
  };
}
