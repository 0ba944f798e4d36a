import type { Interval } from '../base/bootstrap.js';
import { column, hasColumn, isNumbers, type ScoreColumns } from './columns.js';
import { completeRows, type LeftOut, type Numbers, numbersOf, verdictsOf } from './completeRows.js';
import { areaOf } from './delong.js';
import { rowsOfGroups } from './groups.js';
import { meanInterval, momentsOf } from './meanInterval.js';
import { checkLengths } from './validate.js';

/** The scores of one checkpoint. */
export interface CheckpointRow extends LeftOut {
  /** The step of the checkpoint. */
  step: number;
  /** Clips that have a score at this step. */
  clips: number;
  /** With Student's 95% interval. */
  mean: Interval;
  /** NaN of one clip. */
  deviation: number;
  /** With DeLong's 95% interval, where the table has the column `pass` and the step has both labels. */
  auc?: Interval;
}

/** Scores, the step of each, and labels where there are some. */
export interface SteppedScores {
  scores: readonly number[];
  steps: readonly number[];
  labels?: readonly (boolean | undefined)[];
  left: LeftOut;
  note?: string;
}

/**
 * Scores over training: mean, spread and, with labels, AUC at each step, by rising step. Rows without a score or a step are left
 * out, and each row of the result says how many were left out of all.
 * @param table a table with the columns `score`, `step` and, for the AUC, `pass`
 * @throws {RangeError} for no score or step, one that is not finite, a `pass` that is not a label, or lists of two lengths; {Error} for a column that is not there
 */
export function overCheckpoints(table: ScoreColumns): CheckpointRow[];
/** The same of two lists: scores, and the step of each. */
export function overCheckpoints(scores: Numbers, steps: Numbers): CheckpointRow[];
export function overCheckpoints(first: ScoreColumns | Numbers, second?: Numbers): CheckpointRow[] {
  return checkpointsOf(steppedScores('overCheckpoints', first, second));
}

export function checkpointsOf({ scores, steps, labels, left }: SteppedScores): CheckpointRow[] {
  return [...rowsOfGroups(steps.map(String))]
    .map(([step, rows]): CheckpointRow => {
      const own = rows.map((row) => scores[row]);
      const judged = labels ? rows.filter((row) => labels[row] !== undefined) : [];
      const verdicts = judged.map((row) => labels![row] as boolean);
      const both = verdicts.includes(true) && verdicts.includes(false);
      return {
        step: Number(step),
        clips: own.length,
        mean: meanInterval(own),
        deviation: Math.sqrt(momentsOf(own).variance),
        ...left,
        ...(both && {
          auc: areaOf(
            judged.map((row) => scores[row]),
            verdicts,
          ),
        }),
      };
    })
    .sort((a, b) => a.step - b.step);
}

/** @throws as `overCheckpoints` */
export function steppedScores(
  operation: string,
  first: ScoreColumns | Numbers,
  second: Numbers | undefined,
): SteppedScores {
  if (!second && isNumbers(first)) {
    throw new Error(
      `${operation}: expected a table, or the step of each score as a second list; received plain scores`,
    );
  }
  const table = second ? undefined : (first as ScoreColumns);
  const of = (name: string) => column(table!, name, operation);
  const scores = numbersOf(operation, table ? of('score') : (first as Numbers));
  const steps = numbersOf(operation, table ? of('step') : second!, 'step');
  if (scores.length === 0) throw new RangeError(`${operation}: expected at least one score, received none`);
  checkLengths(operation, 'steps', scores.length, steps.length);
  const labels = table && hasColumn(table, 'pass') ? verdictsOf(operation, of('pass'), 'pass') : undefined;
  const { columns, pick, left, note } = completeRows(operation, ['score', 'step'], [scores, steps]);
  return { scores: columns[0], steps: columns[1], ...(labels && { labels: pick(labels) }), left, note };
}
