/** A table of scores: an arquero table, or rows as plain objects. */
export type ScoreColumns =
  | readonly object[]
  | { array(name: string): ArrayLike<unknown>; columnNames(): string[] };

/** Names of the columns of a table. */
export function columnNames(table: ScoreColumns): string[] {
  return 'columnNames' in table ? table.columnNames() : Object.keys(table[0] ?? {});
}

/**
 * One column of a table.
 * @throws {Error} if the table has no such column
 */
export function column(table: ScoreColumns, name: string, operation: string): unknown[] {
  const names = columnNames(table);
  if (!names.includes(name))
    throw new Error(`${operation}: the table has no column "${name}"; it has ${names.join(', ') || 'none'}`);
  if ('array' in table) return Array.from(table.array(name));
  return table.map((row) => (row as Record<string, unknown>)[name]);
}

/**
 * The scores of a table, or plain scores, as finite numbers.
 * @throws {RangeError} if there is none, or one is not a finite number
 */
export function finiteScores(values: readonly unknown[], operation: string): number[] {
  if (values.length === 0) throw new RangeError(`${operation}: expected at least one score, received none`);
  values.forEach((value, row) => {
    if (!Number.isFinite(value))
      throw new RangeError(
        `${operation}: score ${row + 1}: expected a finite number, received ${String(value)}`,
      );
  });
  return values as number[];
}
