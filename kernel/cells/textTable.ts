import { Console } from 'node:console';
import { Writable } from 'node:stream';

/** Characters of a line that a viewer shows without a break, and of a text in a table that would be wider. */
const width = { line: 120, text: 40 };

/**
 * A table as `console.table` prints it, but no wider than a line: long texts are cut off, and columns that have no place are
 * counted below instead.
 * @param rows an array, or an object whose names stand in the first column
 * @param columns the names in the rows, in order; none where the rows are not records
 * @param properties what `console.table` was given to print only
 */
export function textTable(rows: object, columns: readonly string[], properties?: readonly string[]): string {
  const whole = print(rows, properties);
  if (isNarrow(whole) || columns.length === 0) return whole;
  const short = shortened(rows);
  let [fits, tooMany] = [1, columns.length + 1];
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1;
    if (isNarrow(print(short, columns.slice(0, middle)))) fits = middle;
    else tooMany = middle;
  }
  const left = columns.slice(fits);
  const text = print(short, columns.slice(0, fits));
  if (left.length === 0) return text;
  const names = left.slice(0, 5).map(shortenedText).join(', ');
  return `${text}and ${left.length} more columns: ${names}${left.length > 5 ? ', …' : ''}\n`;
}

const isNarrow = (text: string): boolean => text.indexOf('\n') <= width.line;

const shortenedText = (text: string): string =>
  text.length > width.text ? `${text.slice(0, width.text - 1)}…` : text;

/** The rows with short texts only. */
function shortened(rows: object): object {
  const entries = Object.entries(rows).map(([index, row]) => {
    const fields = typeof row === 'object' && row !== null ? Object.entries(row) : [];
    const texts = fields.filter((field): field is [string, string] => typeof field[1] === 'string');
    return [
      index,
      texts.length > 0
        ? { ...row, ...Object.fromEntries(texts.map(([k, v]) => [k, shortenedText(v)])) }
        : row,
    ];
  });
  return Array.isArray(rows) ? entries.map(([, row]) => row) : Object.fromEntries(entries);
}

function print(rows: object, columns?: readonly string[]): string {
  let text = '';
  const stdout = new Writable({
    write: (chunk, _encoding, done) => {
      text += chunk;
      done();
    },
  });
  new Console({ stdout }).table(rows, columns);
  return text;
}
