import type { Interval } from '../base/bootstrap.js';
import type { ScoreColumns } from './columns.js';
import { completeRows, type LeftOut, type Numbers } from './completeRows.js';
import { type DelongTest, delongOf } from './delong.js';
import { correlationInterval, type Influenced, influenceError } from './influence.js';
import { meanInterval, pairedTest } from './meanInterval.js';
import { type ModelNames, type PairedColumns, pairedColumns } from './pairedColumns.js';
import { pearsonInfluence } from './pearson.js';
import { spearmanInfluence } from './spearman.js';

/** Two models on the same clips; `leftOut` are clips that are named and that neither has scored. */
export interface TwoModels extends LeftOut {
  /** The only metric, or else the only model, of either table, where that tells them apart. */
  names: ModelNames;
  /** Clips that both have scored, and those that only one has, which are left out. */
  clips: number;
  /** Clips that only the first has scored. */
  onlyFirst: number;
  /** Clips that only the second has scored. */
  onlySecond: number;
  /** Mean scores, with Student's 95% interval. */
  first: Interval;
  /** Mean score of the second, with Student's 95% interval. */
  second: Interval;
  /** First less second, clip by clip, with the paired 95% interval of Student, in units of the score. */
  difference: Interval;
  /** Of the hypothesis that the means are equal, by Student's paired test. */
  p: number;
  /** How far the orders, and the scores, of the two agree. */
  spearman: Interval;
  /** How far the scores agree: Pearson's correlation, with its 95% interval. */
  pearson: Interval;
  /** Where there are labels of both kinds: the two AUCs and their difference, by DeLong, on the clips that have a label. */
  auc?: DelongTest;
}

/**
 * Two models on the same clips: difference of the mean score with its paired 95% interval, agreement, and difference of AUC. Clips
 * without a score of either are left out and counted.
 * @param first and `second`: tables with the columns `clip` and `score`, joined by the clip; labels are the column `pass` of either
 * @throws {RangeError} for fewer than two clips in common, a clip that is scored twice, or a score that is not finite; {Error} for a
 *   column that is not there
 */
export function twoModels(first: ScoreColumns, second: ScoreColumns): TwoModels;
/** The same of two lists: the scores of either model, clip by clip. */
export function twoModels(first: Numbers, second: Numbers): TwoModels;
export function twoModels(first: ScoreColumns | Numbers, second: ScoreColumns | Numbers): TwoModels {
  return comparisonOf(pairedColumns('twoModels', first, second));
}

export function comparisonOf(columns: PairedColumns): TwoModels {
  const { names, first, second, onlyFirst, onlySecond, left } = columns;
  const of = ({ value, influences }: Influenced): Interval =>
    Number.isNaN(value)
      ? { value, low: value, high: value }
      : correlationInterval(value, influenceError(influences));
  const auc = areasOf(columns);
  return {
    names,
    clips: first.length,
    onlyFirst,
    onlySecond,
    ...left,
    first: meanInterval(first),
    second: meanInterval(second),
    ...pairedTest(first.map((score, i) => score - second[i])),
    spearman: of(spearmanInfluence(first, second)),
    pearson: of(pearsonInfluence(first, second)),
    ...(auc && { auc }),
  };
}

/** The two AUCs on the clips that have a label; none without both labels. */
function areasOf({ first, second, labels }: PairedColumns): DelongTest | undefined {
  if (!labels?.includes(true) || !labels.includes(false)) return undefined;
  const names = ['first score', 'second score', 'label'];
  const { columns, left } = completeRows('twoModels', names, [first, second, labels]);
  return { ...delongOf(...columns), ...left };
}
