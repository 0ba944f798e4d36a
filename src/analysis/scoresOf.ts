import { column, isNumbers, type ScoreColumns } from './columns.js';
import { completeRows, type LeftOut, type Numbers, numbersOf } from './completeRows.js';

/**
 * Scores of a call without those that are missing: the column `score` of a table, or a list.
 * @param name what an error calls one of them
 * @throws {Error} where the table has no such column; {RangeError} for no scores, or one that is not finite
 */
export function scoresOf(
  operation: string,
  given: ScoreColumns | Numbers,
  name = 'score',
): { scores: readonly number[]; left: LeftOut; note?: string } {
  const values = isNumbers(given) ? given : column(given as ScoreColumns, 'score', operation);
  const numbers = numbersOf(operation, values, name);
  if (numbers.length === 0)
    throw new RangeError(`${operation}: expected at least one ${name}, received none`);
  const { columns, left, note } = completeRows(operation, [name], [numbers]);
  return { scores: columns[0], left, note };
}

/** The counts of several lists together. */
export function leftOutOf(...counts: readonly LeftOut[]): LeftOut {
  const leftOut = counts.reduce((sum, count) => sum + (count.leftOut ?? 0), 0);
  return leftOut > 0 ? { leftOut } : {};
}
