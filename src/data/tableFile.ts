import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { type ColumnTable, fromArrow, toArrowIPC, toCSV } from 'arquero';
import { dsvFormat } from 'd3-dsv';

/** One row, by column names. Text formats give strings, the others what they hold. */
export type Row = Record<string, unknown>;

const formats = '.csv, .tsv, .json, .jsonl, .ndjson or .arrow';

/**
 * The rows of a CSV, TSV, JSON (an array of objects), JSON Lines or Arrow file, by its extension.
 * @param operation who asks, for the errors.
 * @throws Error when the file cannot be read or parsed, has no rows, or a row has not the header's fields. Rows are
 * counted from 1, without the header and blank lines.
 */
export async function readRows(operation: string, file: string): Promise<Row[]> {
  const parse = parserOf(operation, file);
  const bytes = await readFile(file).catch((error: Error) => {
    throw new Error(`${operation}: cannot read ${file}: ${error.message}`);
  });
  const where = `${operation}: ${basename(file)}`;
  const rows = parse(bytes, where);
  if (rows.length === 0) throw new Error(`${where} has no rows`);
  return rows;
}

/**
 * Writes a table in the format of the file's extension. The file is replaced as a whole: one that is being read, or a
 * write that is cut off, never leaves half a table.
 * @throws Error for an unknown extension or when the file cannot be written.
 */
export async function writeTable(operation: string, file: string, table: ColumnTable): Promise<void> {
  const bytes = formatOf(operation, file, table);
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, bytes);
  await rename(draft, file);
}

function parserOf(operation: string, file: string): (bytes: Buffer, where: string) => Row[] {
  switch (extname(file).toLowerCase()) {
    case '.csv':
      return (bytes, where) => parseDelimited(bytes, ',', where);
    case '.tsv':
      return (bytes, where) => parseDelimited(bytes, '\t', where);
    case '.json':
      return parseJson;
    case '.jsonl':
    case '.ndjson':
      return parseJsonLines;
    case '.arrow':
      return parseArrow;
    default:
      throw new Error(`${operation}: unknown extension of ${file}; give a file that ends in ${formats}`);
  }
}

function formatOf(operation: string, file: string, table: ColumnTable): string | Uint8Array {
  switch (extname(file).toLowerCase()) {
    case '.csv':
      return toCSV(table);
    case '.tsv':
      return toCSV(table, { delimiter: '\t' });
    case '.json':
      return `${JSON.stringify(table.objects(), null, 1)}\n`;
    case '.jsonl':
    case '.ndjson':
      return table
        .objects()
        .map((row) => `${JSON.stringify(row)}\n`)
        .join('');
    case '.arrow':
      return toArrowIPC(table, { format: 'file' });
    default:
      throw new Error(`${operation}: unknown extension of ${file}; give a file that ends in ${formats}`);
  }
}

function parseDelimited(bytes: Buffer, delimiter: string, where: string): Row[] {
  const [header = [], ...lines] = dsvFormat(delimiter).parseRows(textOf(bytes));
  const repeated = header.find((name, i) => header.indexOf(name) !== i);
  if (repeated !== undefined) throw new Error(`${where} has two columns "${repeated}"`);
  const isBlank = (fields: string[]) => fields.length === 1 && fields[0].trim() === '';
  const rows = lines.filter((fields) => !isBlank(fields));
  return rows.map((fields, i) => {
    if (fields.length !== header.length) {
      throw new Error(
        `${where} row ${i + 1}: expected ${header.length} fields (${header.join(', ')}), received ${fields.length}; ` +
          'put text that contains the separator in double quotes',
      );
    }
    return Object.fromEntries(header.map((name, column) => [name, fields[column]]));
  });
}

function parseJson(bytes: Buffer, where: string): Row[] {
  const rows = parseText(textOf(bytes), where);
  if (!Array.isArray(rows)) throw new Error(`${where}: expected an array of objects, one for each row`);
  return rows.map((row, i) => checkedRow(row, `${where} row ${i + 1}`));
}

function parseJsonLines(bytes: Buffer, where: string): Row[] {
  const lines = textOf(bytes).split('\n');
  const rows = lines.filter((line) => line.trim() !== '');
  return rows.map((line, i) => {
    const place = `${where} row ${i + 1}`;
    return checkedRow(parseText(line, place), place);
  });
}

function parseArrow(bytes: Buffer, where: string): Row[] {
  try {
    return fromArrow(new Uint8Array(bytes)).objects() as Row[];
  } catch (error) {
    throw new Error(`${where} is no Arrow IPC file: ${(error as Error).message}`);
  }
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

function checkedRow(row: unknown, where: string): Row {
  if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row as Row;
  throw new Error(`${where}: expected an object, received ${JSON.stringify(row)}`);
}
