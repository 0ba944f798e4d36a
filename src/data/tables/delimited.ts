import { dsvFormat } from 'd3-dsv';

const separators = [',', ';', '\t', '|'];

/** Called with the fields of each line that is not blank: the header's with 0, then those of row 1, 2 and so on. */
type OnRow = (fields: string[], row: number) => void;

/** Text of rows whose fields are separated, and whose text may be in double quotes, where "" is a quote. */
export interface Delimited {
  separator: string;
  /** Lines that are not blank, the header's too. */
  readonly count: number;
  /** @throws Error that names the row of a quote that is never closed, or after whose end there is more text. */
  parse(where: string, onRow: OnRow): void;
}

/**
 * Finds the separator of a text: the usual one, unless the header has more fields by another, and so has the first row.
 */
export function delimitedRows(text: string, usual: string): Delimited {
  const separator = separatorOf(text, usual);
  return {
    separator,
    get count() {
      return rowsOf(text, separator, () => {});
    },
    parse(where, onRow) {
      checkQuotes(text, separator, where);
      rowsOf(text, separator, onRow);
    },
  };
}

function rowsOf(text: string, separator: string, onRow: OnRow): number {
  let rows = 0;
  dsvFormat(separator).parseRows(text, (fields) => {
    if (fields.length !== 1 || fields[0].trim() !== '') onRow(fields, rows++);
    return undefined;
  });
  return rows;
}

function separatorOf(text: string, usual: string): string {
  // The first lines are enough; a line break in quotes is in few of them.
  const start = text.slice(0, 1 << 16);
  const widths = (separator: string) => {
    const found: number[] = [];
    rowsOf(start, separator, (fields) => found.push(fields.length));
    return found;
  };
  let best = usual;
  let most = widths(usual)[0] ?? 0;
  for (const separator of separators) {
    const [header, first = header] = widths(separator);
    if (header === undefined || header <= most || first !== header) continue;
    best = separator;
    most = header;
  }
  return best;
}

/** The reader takes a quote that is never closed for text to the end of the file, without a word. */
function checkQuotes(text: string, separator: string, where: string): void {
  if (!text.includes('"')) return;
  const end = separator === '\t' ? '\\t' : `\\${separator}`;
  const quoted = new RegExp(`(?<=^|[${end}\\r\\n])"[^"]*(?:""[^"]*)*("?)(?=([${end}\\r\\n]|$)?)`, 'g');
  for (const found of text.matchAll(quoted)) {
    const [, close, next] = found;
    if (close !== '' && next !== undefined) continue;
    const row = rowsOf(`${text.slice(0, found.index)}.`, separator, () => {}) - 1;
    const at = row === 0 ? 'header' : `row ${row}`;
    throw new Error(
      close === ''
        ? `${where} ${at}: a double quote is opened and never closed; close it, or write a quote in quoted text twice`
        : `${where} ${at}: text follows a closing double quote; write a quote in quoted text twice`,
    );
  }
}
