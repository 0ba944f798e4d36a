import { type BootstrapOptions, bootstrap, type Interval } from '../base/bootstrap.js';
import { bestF1Of } from './bestF1.js';
import type { ScoreColumns } from './columns.js';
import type { LeftOut, Numbers } from './completeRows.js';
import { rowsByGroup } from './groups.js';
import { type LabelledArguments, type Labels, labelledScores } from './labelledScores.js';
import { ascending, comparePairs } from './rank.js';
import { checkLabelled, checkLengths } from './validate.js';

/** One metric of one group of clips, with its 95% interval. */
export interface EvaluationRow extends Interval, LeftOut {
  /** `all`, or the name of the group. */
  group: string;
  /** What was measured. */
  metric: 'auc' | 'allPairRatio' | 'bestF1' | 'bestF1Threshold' | 'meanMargin';
  /** Clips in the group. */
  clips: number;
}

/** How `evaluate` draws its intervals and groups the scores of lists. */
export interface EvaluateOptions extends BootstrapOptions {
  /** The group of each score, such as the clip's generator: every group gets rows of its own after those of all. */
  groups?: readonly string[];
}

/** The same of a score table. */
export interface EvaluateTableOptions extends BootstrapOptions {
  /** The column that has the group of each row. */
  by?: string;
}

/**
 * How well scores tell Pass from Fail: AUC, all-pair ratio, best weighted F1 with its threshold, and mean margin (mean
 * Pass score minus mean Fail score, which is the mean over all pairs), each with a bootstrap 95% interval over clips.
 * Where a group has labels of one kind only its values are NaN. Rows without a score or a label are left out; each row of the result
 * says of how many clips it is, and how many were left out of all.
 * @param table a table with the columns `score` and `pass`, as `score.clips` gives it for labels; or the two as lists.
 * @throws {RangeError} for no score, one that is not finite, another number of labels or groups, or labels of one kind only
 */
export function evaluate(table: ScoreColumns, options?: EvaluateTableOptions): EvaluationRow[];
/** The same of two lists: scores, and labels, of which true is Pass. */
export function evaluate(scores: Numbers, labels: Labels, options?: EvaluateOptions): EvaluationRow[];
export function evaluate(
  ...given: LabelledArguments<EvaluateOptions & EvaluateTableOptions>
): EvaluationRow[] {
  const { scores, labels, options: asked = {}, column, rows, pick, left } = labelledScores('evaluate', given);
  const { by, groups: listed, ...options } = asked;
  checkLabelled('evaluate', scores, labels);
  if (listed) checkLengths('evaluate', 'groups', rows, listed.length);
  const groups = listed ? pick(listed) : by === undefined ? undefined : column(by).map(String);
  return rowsByGroup(scores.length, groups).flatMap(({ group, members }) => {
    // Sorted once: the draws stay sorted, so that no metric has to sort them again.
    const sorted = ascending(members.map((row) => scores[row])).map((i) => members[i]);
    const metrics = bootstrap(
      sorted.length,
      (drawn) => {
        const drawnScores: number[] = [];
        const drawnLabels: boolean[] = [];
        for (const i of drawn) {
          drawnScores.push(scores[sorted[i]]);
          drawnLabels.push(labels[sorted[i]]);
        }
        return metricsOf(drawnScores, drawnLabels);
      },
      options,
    );
    const names = Object.keys(metrics) as EvaluationRow['metric'][];
    return names.map((metric) => ({ group, metric, ...metrics[metric], clips: sorted.length, ...left }));
  });
}

function metricsOf(scores: number[], labels: boolean[]): Record<EvaluationRow['metric'], number> {
  const none = Number.NaN;
  if (labels.every((label) => label === labels[0]))
    return { auc: none, allPairRatio: none, bestF1: none, bestF1Threshold: none, meanMargin: none };
  const { f1, threshold } = bestF1Of(scores, labels);
  const { wins, ties, pairs } = comparePairs(scores, labels);
  return {
    auc: (wins + ties / 2) / pairs,
    allPairRatio: wins / pairs,
    bestF1: f1,
    bestF1Threshold: threshold,
    meanMargin: meanWithLabel(scores, labels, true) - meanWithLabel(scores, labels, false),
  };
}

/** Mean of the scores that have this label. */
function meanWithLabel(scores: number[], labels: boolean[], label: boolean): number {
  let sum = 0;
  let count = 0;
  scores.forEach((score, i) => {
    if (labels[i] !== label) return;
    sum += score;
    count++;
  });
  return sum / count;
}
