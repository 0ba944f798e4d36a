import { column, columnNames, finiteScores, type ScoreColumns } from './columns.js';
import { groupName } from './groupName.js';
import { isList } from './labelledScores.js';
import { checkLengths } from './validate.js';

/** Scores, and the group of each. */
export interface GroupedScores {
  scores: number[];
  groups: string[];
  /** The table, where they are of one. */
  table?: ScoreColumns;
}

/**
 * The scores of a table and one of its columns, or two lists.
 * @param by the column, or several of which the first that is there is taken
 * @throws {Error} where the table has no such column; {RangeError} for no or non-finite scores, or lists of two lengths
 */
export function groupedScores(
  operation: string,
  first: ScoreColumns | ArrayLike<number>,
  second: ArrayLike<unknown> | undefined,
  by: string | readonly string[],
): GroupedScores {
  if (second) {
    const scores = finiteScores(Array.from(first as ArrayLike<number>), operation);
    checkLengths(operation, 'groups', scores.length, second.length);
    return { scores, groups: Array.from(second, groupName) };
  }
  if (isList(first) && typeof first[0] !== 'object')
    throw new Error(
      `${operation}: expected a table, or the group of each score as a second list; received plain scores`,
    );
  const table = first as ScoreColumns;
  const names = columnNames(table);
  const chosen = typeof by === 'string' ? by : by.find((name) => names.includes(name));
  if (chosen === undefined) {
    throw new Error(
      `${operation}: the table has none of the columns ${(by as string[]).join(', ')}; it has ${names.join(', ') || 'none'}; say which with by`,
    );
  }
  const scores = finiteScores(column(table, 'score', operation), operation);
  return { scores, groups: column(table, chosen, operation).map(groupName), table };
}
