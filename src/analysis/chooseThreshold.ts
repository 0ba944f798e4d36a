import { argsort } from '../base/argsort.js';
import { checkLabelled } from './check.js';

/** What a wrong decision costs; 1 each if it is not given. */
export interface Costs {
  /** A Fail that is let through. */
  falsePass?: number;
  /** A Pass that is thrown away. */
  falseFail?: number;
}

/** A decision `score >= threshold` and what comes of it. */
export interface ThresholdChoice {
  /** Infinity where letting nothing through is the cheapest. */
  threshold: number;
  /** Mean cost of a clip. */
  cost: number;
  falsePasses: number;
  falseFails: number;
}

/**
 * The threshold with the least cost, among all distinct scores and infinity (nothing passes); of equally cheap ones
 * the highest.
 * @throws {RangeError} for no or non-finite scores, another number of labels, labels of one kind only, or a cost that
 *   is no number above 0
 */
export function chooseThreshold(
  scores: readonly number[],
  labels: readonly boolean[],
  costs: Costs = {},
): ThresholdChoice {
  let best: ThresholdChoice | undefined;
  for (const choice of thresholds(scores, labels, costs)) if (!best || choice.cost < best.cost) best = choice;
  return best as ThresholdChoice;
}

/**
 * Every threshold with its cost, from infinity downwards.
 * @throws {RangeError} as `chooseThreshold`
 */
export function* thresholds(
  scores: readonly number[],
  labels: readonly boolean[],
  { falsePass = 1, falseFail = 1 }: Costs = {},
): Generator<ThresholdChoice> {
  checkLabelled('chooseThreshold', scores, labels);
  for (const [name, cost] of Object.entries({ falsePass, falseFail }))
    if (!(cost > 0 && Number.isFinite(cost)))
      throw new RangeError(`chooseThreshold: ${name}: expected a cost above 0, received ${cost}`);
  const choice = (threshold: number, falsePasses: number, falseFails: number): ThresholdChoice => ({
    threshold,
    cost: (falsePasses * falsePass + falseFails * falseFail) / scores.length,
    falsePasses,
    falseFails,
  });
  const order = argsort(scores);
  let falsePasses = 0;
  let falseFails = labels.reduce((count, label) => count + Number(label), 0);
  yield choice(Number.POSITIVE_INFINITY, falsePasses, falseFails);
  for (let i = order.length - 1; i >= 0; i--) {
    if (labels[order[i]]) falseFails--;
    else falsePasses++;
    if (i > 0 && scores[order[i]] === scores[order[i - 1]]) continue;
    yield choice(scores[order[i]], falsePasses, falseFails);
  }
}
