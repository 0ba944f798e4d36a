import { basename } from 'node:path';
import { type ColumnTable, table } from 'arquero';
import { readColumns } from './columnFile.js';
import { clipColumns, Fields } from './fields.js';
import type { TableOf } from './tableOf.js';

/** Columns that stay text, whatever they look like. */
const textColumns: readonly string[] = ['dimension', 'annotator', ...clipColumns];

/** A row of a score file: what is always there, and the file's other columns. */
export interface ScoreRow {
  clip: string;
  score: number;
  pass?: boolean;
  [column: string]: unknown;
}

/**
 * Reads scores of any origin from a CSV, TSV, JSON, JSON Lines or Arrow file, by its extension.
 * @returns a table with the columns `clip` (or `video` in the file), `score` and the file's others: `pass` as a
 * boolean, columns of numbers as numbers, the rest as it is.
 * @throws Error that names file, row, column and value of what is malformed: a score that is no finite number, a row
 * without clip, an unknown word in `pass`; also for a file without rows or of an unknown format.
 */
export async function readScores(file: string): Promise<TableOf<ScoreRow>> {
  const fields = new Fields(`readScores: ${basename(file)}`, await readColumns('readScores', file));
  fields.require(['clip', 'score']);
  const places = Array.from({ length: fields.count }, (_, row) => row);
  const columns: Record<string, unknown[]> = {
    clip: places.map((row) => fields.name(row, 'clip')),
    score: places.map((row) => fields.number(row, 'score')),
  };
  for (const name of fields.names().filter((column) => !Object.hasOwn(columns, column))) {
    columns[name] = places.map(readerOf(fields, name));
  }
  return table(columns) as ColumnTable as TableOf<ScoreRow>;
}

/** How the values of a column are read. */
function readerOf(fields: Fields, column: string): (row: number) => unknown {
  if (column === 'pass') return (row) => fields.pass(row, column);
  if (textColumns.includes(column)) return (row) => fields.text(row, column);
  if (fields.isNumeric(column)) return (row) => fields.number(row, column);
  return (row) => {
    const value = fields.value(row, column);
    return typeof value === 'bigint' ? String(value) : value;
  };
}
