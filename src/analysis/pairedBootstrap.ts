import { argsort } from '../base/argsort.js';
import { type BootstrapOptions, bootstrap, type Interval } from '../base/bootstrap.js';
import { compareWeighted } from './rank.js';
import { checkLabelled } from './validate.js';

/** A metric of two scores of the same clips. */
export interface PairedRow {
  metric: 'auc' | 'allPairRatio';
  first: Interval;
  second: Interval;
  /** First minus second. */
  difference: Interval;
}

/**
 * AUC and all-pair ratio of two scores, and their difference, with bootstrap 95% intervals: both are of the same drawn
 * clips, so that what is hard in a draw is hard for both.
 * @throws {RangeError} for no or non-finite scores, lists of different lengths, or labels of one kind only
 */
export function pairedBootstrap(
  first: readonly number[],
  second: readonly number[],
  labels: readonly boolean[],
  options: BootstrapOptions = {},
): PairedRow[] {
  checkLabelled('pairedBootstrap', first, labels);
  checkLabelled('pairedBootstrap', second, labels);
  const [firstOrder, secondOrder] = [argsort(first), argsort(second)];
  const times = new Uint32Array(labels.length);
  const intervals = bootstrap(
    labels.length,
    (drawn) => {
      times.fill(0);
      for (const clip of drawn) times[clip]++;
      const a = compareWeighted(firstOrder, first, labels, times);
      const b = compareWeighted(secondOrder, second, labels, times);
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
    },
    {
      metric: 'allPairRatio',
      first: intervals.firstRatio,
      second: intervals.secondRatio,
      difference: intervals.ratioDifference,
    },
  ];
}
