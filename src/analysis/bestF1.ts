import type { ScoreColumns } from './columns.js';
import type { LeftOut, Numbers } from './completeRows.js';
import { type LabelledArguments, type Labels, labelledScores } from './labelledScores.js';
import { ascending } from './rank.js';
import { checkLabelled } from './validate.js';

const thresholds = 100;

/** The best weighted F1, and the lowest threshold that reaches it. */
export interface BestF1 extends LeftOut {
  /** The weighted F1, 0 to 1. */
  f1: number;
  /** A clip passes from this score on. */
  threshold: number;
}

/**
 * The best weighted F1 of the prediction `score >= threshold`, and the lowest threshold that reaches it, over 100
 * thresholds evenly from the lowest to the highest score. Weighted F1 = (n⁺ F1⁺ + n⁻ F1⁻) / (n⁺ + n⁻), where F1⁺ is
 * that of Pass and F1⁻ that of Fail, 0 where undefined. Rows without a score or a label are left out and counted.
 * Source: official implementation, `best_f1_score`.
 * @param table a table with the columns `score` and `pass`
 * @throws {RangeError} for no score, one that is not finite, another number of labels, or labels of one kind only
 */
export function bestF1(table: ScoreColumns): BestF1;
/** The same of two lists: scores, and labels, of which true is Pass. */
export function bestF1(scores: Numbers, labels: Labels): BestF1;
export function bestF1(...given: LabelledArguments<never>): BestF1 {
  const { scores, labels, left } = labelledScores('bestF1', given);
  checkLabelled('bestF1', scores, labels);
  return { ...bestF1Of(scores, labels), ...left };
}

/** `bestF1` of finite scores and labels of both kinds. */
export function bestF1Of(scores: readonly number[], labels: readonly boolean[]): BestF1 {
  const order = ascending(scores);
  const low = scores[order[0]];
  const high = scores[order[order.length - 1]];
  const passes = labels.reduce((count, label) => count + Number(label), 0);
  const fails = labels.length - passes;

  let best = { f1: Number.NEGATIVE_INFINITY, threshold: low };
  let below = 0;
  let passesBelow = 0;
  for (let i = 0; i < thresholds; i++) {
    // The last one is the highest score itself, not its rounded sum.
    const threshold = i === thresholds - 1 ? high : low + i * ((high - low) / (thresholds - 1));
    for (; scores[order[below]] < threshold; below++) if (labels[order[below]]) passesBelow++;
    const truePasses = passes - passesBelow;
    const trueFails = below - passesBelow;
    const wrong = labels.length - truePasses - trueFails;
    const f1 = (passes * f1Of(truePasses, wrong) + fails * f1Of(trueFails, wrong)) / labels.length;
    if (f1 > best.f1) best = { f1, threshold };
  }
  return best;
}

/** F1 of a class: 2 right / (2 right + wrong), where wrong are the false ones of both kinds. */
function f1Of(right: number, wrong: number): number {
  return right === 0 ? 0 : (2 * right) / (2 * right + wrong);
}
