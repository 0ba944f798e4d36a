import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { fromArrow } from 'arquero';
import { dsvFormat } from 'd3-dsv';
import { parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/** The columns of a table by name, all of one length. Text formats give strings, the others what they hold. */
export type Columns = ReadonlyMap<string, readonly unknown[]>;

const formats = '.csv, .tsv, .json, .jsonl, .ndjson, .arrow or .parquet';

type Parse = (bytes: Buffer, where: string) => Columns | Promise<Columns>;

const parsers: Record<string, Parse> = {
  '.csv': (bytes, where) => parseDelimited(bytes, ',', where),
  '.tsv': (bytes, where) => parseDelimited(bytes, '\t', where),
  '.json': parseJson,
  '.jsonl': parseJsonLines,
  '.ndjson': parseJsonLines,
  '.arrow': parseArrow,
  '.parquet': parseParquet,
};

/**
 * The columns of a CSV, TSV, JSON (an array of objects), JSON Lines, Arrow or Parquet file, by its extension.
 * @param operation who asks, for the errors.
 * @throws Error when the file cannot be read or parsed, has no rows, or a row has not the header's fields. Rows are
 * counted from 1, without the header and blank lines.
 */
export async function readColumns(operation: string, file: string): Promise<Columns> {
  const parse = parsers[extname(file).toLowerCase()];
  if (!parse) {
    throw new Error(`${operation}: unknown extension of ${file}; give a file that ends in ${formats}`);
  }
  const bytes = await readFile(file).catch((error: Error) => {
    throw new Error(`${operation}: cannot read ${file}: ${error.message}`);
  });
  const where = `${operation}: ${basename(file)}`;
  const columns = await parse(bytes, where);
  if (rowCount(columns) === 0) throw new Error(`${where} has no rows`);
  return columns;
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

function parseDelimited(bytes: Buffer, delimiter: string, where: string): Columns {
  let names: string[] = [];
  let columns: string[][] = [];
  let rows = 0;
  let header = true;
  // The rows are dealt out to the columns as they are read: a million need not be held twice.
  dsvFormat(delimiter).parseRows(textOf(bytes), (fields) => {
    if (header) {
      names = fields;
      columns = names.map(() => []);
      header = false;
    } else if (fields.length !== 1 || fields[0].trim() !== '') {
      rows++;
      if (fields.length !== names.length) {
        throw new Error(
          `${where} row ${rows}: expected ${names.length} fields (${names.join(', ')}), received ${fields.length}; ` +
            'put text that contains the separator in double quotes',
        );
      }
      for (let column = 0; column < fields.length; column++) columns[column].push(fields[column]);
    }
    return undefined;
  });
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) throw new Error(`${where} has two columns "${repeated}"`);
  return new Map(names.map((name, column) => [name, columns[column]]));
}

function parseJson(bytes: Buffer, where: string): Columns {
  const rows = parseText(textOf(bytes), where);
  if (!Array.isArray(rows)) throw new Error(`${where}: expected an array of objects, one for each row`);
  return columnsOf(rows.map((row, i) => checkedRow(row, `${where} row ${i + 1}`)));
}

function parseJsonLines(bytes: Buffer, where: string): Columns {
  const lines = textOf(bytes)
    .split('\n')
    .filter((line) => line.trim() !== '');
  return columnsOf(
    lines.map((line, i) => {
      const place = `${where} row ${i + 1}`;
      return checkedRow(parseText(line, place), place);
    }),
  );
}

function parseArrow(bytes: Buffer, where: string): Columns {
  try {
    const table = fromArrow(new Uint8Array(bytes));
    return new Map(table.columnNames().map((name) => [name, Array.from(table.array(name))]));
  } catch (error) {
    throw new Error(`${where} is no Arrow IPC file: ${(error as Error).message}`);
  }
}

async function parseParquet(bytes: Buffer, where: string): Promise<Columns> {
  const columns = new Map<string, unknown[]>();
  try {
    await parquetRead({
      file: new Uint8Array(bytes).buffer,
      compressors,
      onChunk: ({ columnName, columnData, rowStart }) => {
        const column = columns.get(columnName) ?? [];
        columns.set(columnName, column);
        for (let i = 0; i < columnData.length; i++) column[rowStart + i] = columnData[i];
      },
    });
  } catch (error) {
    throw new Error(`${where} is no Parquet file: ${(error as Error).message}`);
  }
  return columns;
}

function textOf(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

function parseText(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${where} is no JSON: ${(error as Error).message}`);
  }
}

function checkedRow(row: unknown, where: string): object {
  if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row;
  throw new Error(`${where}: expected an object, received ${JSON.stringify(row)}`);
}
