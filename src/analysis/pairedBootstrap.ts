import { ordered } from '../base/argsort.js';
import { type BootstrapOptions, bootstrap, type Interval } from '../base/bootstrap.js';
import { isList, type ScoreColumns } from './columns.js';
import type { LeftOut, Numbers } from './completeRows.js';
import type { Labels } from './labelledScores.js';
import { judgedColumns } from './pairedColumns.js';
import { compareWeighted, passBytes } from './rank.js';
import { checkLabelled } from './validate.js';

/** A metric of two scores of the same clips. */
export interface PairedRow extends LeftOut {
  /** What was measured. */
  metric: 'auc' | 'allPairRatio';
  /** The metric of the first scores, with its 95% interval. */
  first: Interval;
  /** The metric of the second scores, with its 95% interval. */
  second: Interval;
  /** First minus second. */
  difference: Interval;
}

/**
 * AUC and all-pair ratio of two scores, and their difference, with bootstrap 95% intervals: both are of the same drawn
 * clips, so that what is hard in a draw is hard for both. Clips without both scores and a label are left out, and each row of the
 * result says how many.
 * @param first and `second`: tables with the columns `clip` and `score`, joined by the clip; labels are the column `pass` of either
 * @throws {RangeError} for no score, one that is not finite, lists of different lengths, or labels of one kind only; {Error} for a
 *   column that is not there
 */
export function pairedBootstrap(
  first: ScoreColumns,
  second: ScoreColumns,
  options?: BootstrapOptions,
): PairedRow[];
/** The same of three lists: the scores of either model, clip by clip, and labels, of which true is Pass. */
export function pairedBootstrap(
  first: Numbers,
  second: Numbers,
  labels: Labels,
  options?: BootstrapOptions,
): PairedRow[];
export function pairedBootstrap(
  ofFirst: ScoreColumns | Numbers,
  ofSecond: ScoreColumns | Numbers,
  third?: Labels | BootstrapOptions,
  fourth?: BootstrapOptions,
): PairedRow[] {
  const [listed, options] = isList(third)
    ? [third as Labels, fourth]
    : [undefined, third as BootstrapOptions];
  const { first, second, labels, left } = judgedColumns('pairedBootstrap', ofFirst, ofSecond, listed);
  checkLabelled('pairedBootstrap', first, labels);
  const [firstOrder, secondOrder] = [ordered(first), ordered(second)];
  const isPass = passBytes(labels);
  const times = new Uint32Array(labels.length);
  const intervals = bootstrap(
    labels.length,
    (drawn) => {
      times.fill(0);
      for (const clip of drawn) times[clip]++;
      const a = compareWeighted(firstOrder, isPass, times);
      const b = compareWeighted(secondOrder, isPass, times);
      const aucs = [a, b].map(({ wins, ties, pairs }) => (wins + ties / 2) / pairs);
      const ratios = [a, b].map(({ wins, pairs }) => wins / pairs);
      return {
        firstAuc: aucs[0],
        secondAuc: aucs[1],
        aucDifference: aucs[0] - aucs[1],
        firstRatio: ratios[0],
        secondRatio: ratios[1],
        ratioDifference: ratios[0] - ratios[1],
      };
    },
    options,
  );
  return [
    {
      metric: 'auc',
      first: intervals.firstAuc,
      second: intervals.secondAuc,
      difference: intervals.aucDifference,
      ...left,
    },
    {
      metric: 'allPairRatio',
      first: intervals.firstRatio,
      second: intervals.secondRatio,
      difference: intervals.ratioDifference,
      ...left,
    },
  ];
}
