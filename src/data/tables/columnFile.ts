import { isAscii } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { parseJson } from '../../base/json.js';
import { ByteWords } from './byteWords.js';
import type { Column, Columns } from './column.js';
import { DelimitedRows, separatorOf } from './delimited.js';
import { type Content, contentOf, decodeText, utf8Of } from './tableText.js';
import { TextColumn } from './textColumn.js';
import { shortened, shown } from './vocabulary.js';

const formats = '.csv, .tsv, .json, .jsonl, .ndjson, .arrow, .feather or .parquet, also with .gz';

type TextFormat = 'csv' | 'tsv' | 'json' | 'jsonl';

const extensions: Record<string, TextFormat | Exclude<Content, 'text'>> = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.json': 'json',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.arrow': 'arrow',
  '.feather': 'arrow',
  '.parquet': 'parquet',
};

/** A table as it was read, and what of its form is not as its name says. */
export interface ColumnFile {
  columns: Columns;
  notes: string[];
}

/**
 * The columns of a CSV, TSV, JSON (an array of objects), JSON Lines, Arrow, Feather or Parquet file, by its extension;
 * Parquet and Arrow by any name, and each of them in gzip. Text is UTF-8 or, by its mark, UTF-16. Names of columns are
 * trimmed.
 * @param operation who asks, for the errors.
 * @throws Error when the file cannot be read or parsed, has no rows, or a row has not the header's fields. Rows are
 * counted from 1, without the header and blank lines.
 */
export async function readColumns(operation: string, file: string): Promise<Columns> {
  return (await readColumnFile(operation, file)).columns;
}

/** `readColumns`, with notes. */
export async function readColumnFile(operation: string, file: string): Promise<ColumnFile> {
  const { where, format, bytes } = await openTable(operation, file);
  const notes: string[] = [];
  const columns = trimmed(await parse(format, bytes, where, notes), where);
  if (rowCount(columns) === 0) throw new Error(`${where} has no rows`);
  return { columns, notes };
}

/**
 * What a JSON file holds, whatever it is; of JSON Lines a list of what its lines hold, of any other table its rows.
 * @throws Error as `readColumns` does, with the whole path.
 */
export async function readEntries(operation: string, file: string): Promise<unknown> {
  const { format, bytes } = await openTable(operation, file);
  const where = `${operation}: ${file}`;
  if (format === 'json' || format === 'jsonl') return readJson(format, bytes, where);
  return rowsOf(trimmed(await parse(format, bytes, where, []), where));
}

/**
 * What a table's text is, or the bytes, by its extension.
 * @throws Error for an unknown extension
 */
export function formatOf(operation: string, file: string): TextFormat | Exclude<Content, 'text'> {
  const name = file.toLowerCase().replace(/\.gz$/, '');
  const named = extensions[extname(name)];
  if (named) return named;
  throw new Error(`${operation}: unknown extension of ${file}; give a file that ends in ${formats}`);
}

async function openTable(operation: string, file: string) {
  const named = formatOf(operation, file);
  const packed = await readFile(file).catch(({ code, message }: NodeJS.ErrnoException) => {
    const reason = code === 'ENOENT' ? `there is no file ${resolve(file)}; check its path` : message;
    throw new Error(`${operation}: cannot read ${file}: ${reason}`);
  });
  const where = `${operation}: ${basename(file)}`;
  const { bytes, content } = contentOf(packed, where);
  return { where, bytes, format: content === 'text' ? named : content };
}

async function parse(
  format: TextFormat | Exclude<Content, 'text'>,
  bytes: Buffer,
  where: string,
  notes: string[],
): Promise<Columns> {
  switch (format) {
    case 'csv':
      return parseDelimited(bytes, ',', where, notes);
    case 'tsv':
      return parseDelimited(bytes, '\t', where, notes);
    // With their codecs, which most programs never need.
    case 'arrow':
      return (await import('./arrowFile.js')).arrowColumns(bytes, where);
    case 'parquet':
      return (await import('./parquetFile.js')).parquetColumns(bytes, where);
    default: {
      const entries = readJson(format, bytes, where);
      if (!Array.isArray(entries)) {
        throw new Error(
          `${where}: expected an array of objects, one for each row, received ${shown(entries)}`,
        );
      }
      return columnsOf(entries.map((row, i) => checkedRow(row, `${where} row ${i + 1}`)));
    }
  }
}

/** Names without the spaces around them. */
function trimmed(columns: Columns, where: string): Columns {
  const result = new Map<string, Column>();
  for (const [name, values] of columns) {
    if (result.has(name.trim())) throw new Error(`${where} has two columns ${shown(name.trim())}`);
    result.set(name.trim(), values);
  }
  return result;
}

/** How many rows a table has. */
export function rowCount(columns: Columns): number {
  const [first] = columns.values();
  return first?.length ?? 0;
}

/** The columns of rows; where a row lacks a column its value is undefined. */
export function columnsOf(rows: readonly object[]): Columns {
  const columns = new Map<string, unknown[]>();
  rows.forEach((row, i) => {
    for (const [name, value] of Object.entries(row)) {
      let column = columns.get(name);
      if (!column) {
        column = new Array<unknown>(rows.length).fill(undefined);
        columns.set(name, column);
      }
      column[i] = value;
    }
  });
  return columns;
}

/** One row, by column names. Text formats give strings, the others what they hold. */
export type Row = Record<string, unknown>;

/** The rows of columns, or the first ones. */
export function rowsOf(columns: Columns, count = rowCount(columns)): Row[] {
  const entries = [...columns];
  return Array.from({ length: Math.min(count, rowCount(columns)) }, (_, row) =>
    Object.fromEntries(entries.map(([name, values]) => [name, values.at(row)])),
  );
}

function parseDelimited(given: Buffer, usual: string, where: string, notes: string[]): Columns {
  const rowAt = (before: string) => place(rowsBefore(Buffer.from(before, 'latin1'), usual));
  const bytes = utf8Of(given, where, rowAt);
  const separator = separatorOf(bytes, usual);
  if (separator !== usual) notes.push(`its fields are separated by ${JSON.stringify(separator)}`);
  const rows = new DelimitedRows(bytes, separator, (row, what) => {
    throw new Error(`${where}${place(row)}: ${what}`);
  });
  if (!rows.next()) return new Map();
  const names = Array.from({ length: rows.width }, (_, i) => rows.field(i).trim());
  const words = new ByteWords(bytes);
  const columns = names.map(() => new TextColumn(words));
  const { starts, ends } = rows;
  while (rows.next()) {
    if (rows.width !== names.length) {
      throw new Error(
        `${where} row ${rows.count - 1}: expected ${names.length} fields (${shownNames(names)}), received ${rows.width}; put ` +
          `text that contains the separator ${JSON.stringify(separator)} in double quotes`,
      );
    }
    for (let i = 0; i < columns.length; i++) columns[i].push(starts[i], ends[i]);
  }
  const areAscii = isAscii(bytes);
  const byName = new Map<string, Column>();
  for (const [column, name] of names.entries()) {
    if (byName.has(name)) throw new Error(`${where} has two columns ${shown(name)}`);
    byName.set(name, columns[column].end(areAscii));
  }
  return byName;
}

/** How many rows have ended in some bytes. */
function rowsBefore(bytes: Buffer, usual: string): number {
  const open = new Error('the last row has not ended');
  const rows = new DelimitedRows(bytes, separatorOf(bytes, usual), () => {
    throw open;
  });
  let ended = 0;
  try {
    while (rows.next()) if (rows.hasEnded) ended++;
  } catch (error) {
    if (error !== open) throw error;
  }
  return ended;
}

const shownNames = (names: readonly string[]): string =>
  names.slice(0, 20).map(shortened).join(', ') + (names.length > 20 ? ', …' : '');

/** The place of a row in words; 0 is the header. */
const place = (row: number): string => (row === 0 ? ' header' : ` row ${row}`);

/** What the JSON holds; of JSON Lines a list. */
function readJson(format: 'json' | 'jsonl', bytes: Buffer, where: string): unknown {
  const rows = (text: string) => text.split('\n').filter((line) => line.trim() !== '');
  const text = decodeText(bytes, where, (before) =>
    format === 'json' ? '' : place(rows(`${before}.`).length),
  );
  if (format === 'jsonl') return rows(text).map((line, i) => parseText(line, `${where} row ${i + 1}`));
  return parseText(text, where);
}

function parseText(text: string, where: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw new Error(`${where} is not valid JSON: ${(error as Error).message}`);
  }
}

function checkedRow(row: unknown, where: string): object {
  if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row;
  throw new Error(`${where}: expected an object, received ${shown(row)}`);
}
