import type { Interval } from '../base/bootstrap.js';
import { column, columnNames, finiteScores, type ScoreColumns } from './columns.js';
import { aucInterval } from './delong.js';
import { rowsOfGroups } from './groups.js';
import { isList } from './labelledScores.js';
import { meanInterval, momentsOf } from './meanInterval.js';
import { checkLengths } from './validate.js';

/** The scores of one checkpoint. */
export interface CheckpointRow {
  step: number;
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
  scores: number[];
  steps: number[];
  labels?: (boolean | undefined)[];
}

/**
 * Scores over training: mean, spread and, with labels, AUC at each step, by rising step.
 * @param table a table with the columns `score`, `step` and, for the AUC, `pass`
 * @throws {RangeError} for no or non-finite scores or steps, or lists of two lengths; {Error} for a column that is not there
 */
export function overCheckpoints(table: ScoreColumns): CheckpointRow[];
/** The same of two lists: scores, and the step of each. */
export function overCheckpoints(scores: ArrayLike<number>, steps: ArrayLike<number>): CheckpointRow[];
export function overCheckpoints(
  first: ScoreColumns | ArrayLike<number>,
  second?: ArrayLike<number>,
): CheckpointRow[] {
  return checkpointsOf(steppedScores('overCheckpoints', first, second));
}

export function checkpointsOf({ scores, steps, labels }: SteppedScores): CheckpointRow[] {
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
        ...(both && {
          auc: aucInterval(
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
  first: ScoreColumns | ArrayLike<number>,
  second: ArrayLike<number> | undefined,
): SteppedScores {
  if (second) {
    const scores = finiteScores(Array.from(first as ArrayLike<number>), operation);
    checkLengths(operation, 'steps', scores.length, second.length);
    return { scores, steps: finiteScores(Array.from(second), `${operation}: steps`) };
  }
  if (isList(first) && typeof first[0] !== 'object')
    throw new Error(
      `${operation}: expected a table, or the step of each score as a second list; received plain scores`,
    );
  const table = first as ScoreColumns;
  const steps = finiteScores(column(table, 'step', operation), `${operation}: step`);
  const scores = finiteScores(column(table, 'score', operation), operation);
  if (!columnNames(table).includes('pass')) return { scores, steps };
  const labels = column(table, 'pass', operation).map((pass) =>
    typeof pass === 'boolean' ? pass : undefined,
  );
  return { scores, steps, labels };
}
