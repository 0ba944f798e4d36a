import { type Displayable, jupyterDisplay, type MimeBundle, mime } from '../base/host.js';
import { htmlTable } from '../base/htmlTable.js';

/** Rows as plain objects, or a table that gives them (arquero's). */
export type Rows = readonly object[] | { objects(): object[]; columnNames(): string[] };

/** How a table is shown. */
export interface TableOptions {
  /** Words above the table. */
  caption?: string;
  /** Column name -> how its values are written. */
  format?: Record<string, (value: unknown) => string>;
}

/**
 * A table that shows itself, as HTML and as text; numbers are right-aligned with four significant digits.
 * @param rows plain objects with the same keys, or an arquero table
 */
export function table(rows: Rows, options: TableOptions = {}): Displayable & { toString(): string } {
  const { caption, format = {} } = options;
  const objects = ('objects' in rows ? rows.objects() : rows) as Record<string, unknown>[];
  const columns = 'columnNames' in rows ? rows.columnNames() : Object.keys(objects[0] ?? {});
  const cells = objects.map((row) => columns.map((name) => (format[name] ?? write)(row[name])));
  const numeric = columns.map((name) => objects.every((row) => typeof row[name] === 'number'));
  const text = () => textTable(columns, cells, numeric, caption);
  return {
    toString: text,
    [jupyterDisplay]: (): MimeBundle => ({
      [mime.html]: htmlTable({ columns, cells, numeric, caption }),
      [mime.text]: text(),
    }),
  };
}

function write(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'number' || Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(4)));
}

function textTable(columns: string[], cells: string[][], numeric: boolean[], caption?: string): string {
  const widths = columns.map((name, c) => Math.max(name.length, ...cells.map((row) => row[c].length)));
  const line = (row: string[]) =>
    row
      .map((text, c) => (numeric[c] ? text.padStart(widths[c]) : text.padEnd(widths[c])))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [...(caption ? [caption] : []), line(columns), rule, ...cells.map(line)].join('\n');
}
