import { column, columnNames, hasColumn, isList, isNumbers, type ScoreColumns } from './columns.js';
import { completeRows, type LeftOut, type Numbers, numbersOf } from './completeRows.js';
import { groupName } from './groupName.js';
import { checkLengths } from './validate.js';

/** The columns that say the prompt of a clip, the surest first. */
export const promptColumns = ['promptId', 'prompt_id', 'prompt'] as const;

/** Scores, and the group of each. */
export interface GroupedScores {
  scores: readonly number[];
  groups: readonly string[];
  left: LeftOut;
  note?: string;
  /** Other values of the rows without those that are left out. */
  pick<T>(values: readonly T[]): readonly T[];
  /** The table, where they are of one. */
  table?: ScoreColumns;
}

/**
 * The scores of a table and one of its columns, or two lists; without the rows that lack a score. A row without a group is of the group
 * `none`.
 * @param by the column, or several of which the first that is there is taken
 * @throws {Error} where the table has no such column; {RangeError} for no scores, one that is not finite, or lists of two lengths
 */
export function groupedScores(
  operation: string,
  first: ScoreColumns | Numbers,
  second: ArrayLike<unknown> | undefined,
  by: string | readonly string[],
): GroupedScores {
  const { scores, groups, table } = columnsOf(operation, first, second, by);
  if (scores.length === 0) throw new RangeError(`${operation}: expected at least one score, received none`);
  checkLengths(operation, 'groups', scores.length, groups.length);
  const { columns, ...kept } = completeRows(operation, ['score'], [scores]);
  return { ...kept, scores: columns[0], groups: kept.pick(groups), table };
}

/** Scores and groups with every row. */
export function columnsOf(
  operation: string,
  first: ScoreColumns | Numbers,
  second: ArrayLike<unknown> | undefined,
  by: string | readonly string[],
): { scores: readonly number[]; groups: readonly string[]; table?: ScoreColumns } {
  if (second) {
    return {
      scores: numbersOf(operation, first as Numbers),
      groups: Array.from(second, groupName),
    };
  }
  if (isNumbers(first) && isList(first)) {
    throw new Error(
      `${operation}: expected a table, or the group of each score as a second list; received plain scores`,
    );
  }
  const table = first as ScoreColumns;
  const chosen = chosenColumn(operation, table, by);
  return {
    scores: numbersOf(operation, column(table, 'score', operation)),
    groups: column(table, chosen, operation).map(groupName),
    table,
  };
}

function chosenColumn(operation: string, table: ScoreColumns, by: string | readonly string[]): string {
  const chosen = typeof by === 'string' ? by : by.find((name) => hasColumn(table, name));
  if (chosen !== undefined) return chosen;
  const names = columnNames(table).join(', ') || 'none';
  throw new Error(
    `${operation}: the table has none of the columns ${(by as string[]).join(', ')}; it has ${names}; say which with by`,
  );
}
