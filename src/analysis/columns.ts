/** A table of scores: an arquero table, or rows as plain objects. */
export type ScoreColumns =
  | readonly object[]
  | { array(name: string): ArrayLike<unknown>; columnNames(): string[] };

/** Names of the columns of a table; a row may lack one that others have. */
export function columnNames(table: ScoreColumns): string[] {
  return 'columnNames' in table ? table.columnNames() : [...new Set(table.flatMap(Object.keys))];
}

/** Whether a table has a column. */
export function hasColumn(table: ScoreColumns, name: string): boolean {
  return 'columnNames' in table ? table.columnNames().includes(name) : table.some((row) => name in row);
}

/**
 * One column of a table; undefined where a row lacks it.
 * @throws {Error} if the table has no such column
 */
export function column(table: ScoreColumns, name: string, operation: string): unknown[] {
  if (!hasColumn(table, name)) {
    const names = columnNames(table).join(', ') || 'none';
    throw new Error(`${operation}: the table has no column "${name}"; it has ${names}`);
  }
  if ('array' in table) return Array.from(table.array(name));
  return table.map((row) => (row as Record<string, unknown>)[name]);
}

/** Whether a value is an array, or a column of one type. */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

/** Whether values are plain ones, and no rows of a table. */
export function isNumbers(values: unknown): values is ArrayLike<number> {
  return isList(values) && (values.length === 0 || typeof values[0] !== 'object' || values[0] === null);
}

/** Whether a value is a table, and no list of plain values and no options. */
export function isTable(value: unknown): value is ScoreColumns {
  if (isList(value)) return !isNumbers(value);
  return typeof value === 'object' && value !== null && 'columnNames' in value;
}
