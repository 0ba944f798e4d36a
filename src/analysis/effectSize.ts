import type { Interval } from '../base/bootstrap.js';
import { isNumbers, isTable, type ScoreColumns } from './columns.js';
import type { LeftOut, Numbers } from './completeRows.js';
import { areaOf } from './delong.js';
import { normalInterval } from './influence.js';
import { type Labels, labelledScores } from './labelledScores.js';
import { momentsOf, welch } from './meanInterval.js';
import { leftOutOf, scoresOf } from './scoresOf.js';

/** How far two groups of scores are apart, first less second. */
export interface EffectSize extends LeftOut {
  /** How many scores each group has. */
  first: number;
  /** Scores in the second group. */
  second: number;
  /** Of the means, with Welch's 95% interval, in units of the score. */
  difference: Interval;
  /** Of the hypothesis that the means are equal, by Welch's test. */
  p: number;
  /** The difference in pooled deviations, without the bias of small groups. */
  hedgesG: Interval;
  /** How much oftener a score of the first is above one of the second than below, -1 to 1. */
  cliffDelta: Interval;
}

/**
 * Effect sizes of two groups of scores: difference of means, Hedges' g and Cliff's delta, each with its 95% interval.
 * g = J (mean1 - mean2) / s, s^2 the pooled variance, J = 1 - 3 / (4 (n1 + n2 - 2) - 1), with variance
 * J^2 ((n1 + n2) / (n1 n2) + d^2 / (2 (n1 + n2))); delta = 2 AUC - 1, with DeLong's interval.
 * What is missing is left out and counted. Source: Hedges 1981, Borenstein et al. 2009 chapter 4; Cliff 1993.
 * @param table a table with the columns `score` and `pass`: Pass against Fail
 * @throws {RangeError} for a group without scores, or one that is not finite
 */
export function effectSize(table: ScoreColumns): EffectSize;
/** The same of two groups: a table with the column `score` of either, or a list of its scores. */
export function effectSize(first: ScoreColumns | Numbers, second: ScoreColumns | Numbers): EffectSize;
/** The same of two lists: scores, and labels, of which true is Pass: Pass against Fail. */
export function effectSize(scores: Numbers, labels: ArrayLike<boolean | null | undefined>): EffectSize;
export function effectSize(
  first: ScoreColumns | Numbers,
  second?: ScoreColumns | Numbers | ArrayLike<boolean | null | undefined>,
): EffectSize {
  if (second !== undefined && !(isNumbers(first) && isLabels(second))) {
    const groups = [first, second as ScoreColumns | Numbers].map((group) => scoresOf('effectSize', group));
    return {
      ...effectOf(groups[0].scores, groups[1].scores),
      ...leftOutOf(...groups.map(({ left }) => left)),
    };
  }
  const { scores, labels, left } = second
    ? labelledScores<never>('effectSize', [first as Numbers, second as Labels])
    : labelledScores<never>('effectSize', [first as ScoreColumns]);
  const of = (label: boolean) => scores.filter((_, i) => labels[i] === label);
  const [passes, fails] = [
    scoresOf('effectSize: Pass', of(true)).scores,
    scoresOf('effectSize: Fail', of(false)).scores,
  ];
  return { ...effectOf(passes, fails), ...left };
}

/** Whether a list is one of labels, some of which may be missing. */
const isLabels = (values: unknown): boolean =>
  !isTable(values) && Array.from(values as ArrayLike<unknown>).some((value) => typeof value === 'boolean');

/** The effect sizes of two groups of finite scores. */
export function effectOf(first: readonly number[], second: readonly number[]): EffectSize {
  const [a, b] = [momentsOf(first), momentsOf(second)];
  const degrees = a.n + b.n - 2;
  const squares = (n: number, variance: number) => (n > 1 ? (n - 1) * variance : 0);
  const pooled = Math.sqrt((squares(a.n, a.variance) + squares(b.n, b.variance)) / degrees);
  const d = (a.mean - b.mean) / pooled;
  const unbiased = 1 - 3 / (4 * degrees - 1);
  const error = unbiased * Math.sqrt((a.n + b.n) / (a.n * b.n) + (d * d) / (2 * (a.n + b.n)));
  const labels = [...first.map(() => true), ...second.map(() => false)];
  const area = areaOf([...first, ...second], labels);
  const delta = (share: number) => 2 * share - 1;
  return {
    first: a.n,
    second: b.n,
    ...welch(first, second),
    hedgesG: normalInterval(unbiased * d, error),
    cliffDelta: { value: delta(area.value), low: delta(area.low), high: delta(area.high) },
  };
}
