import type { Columns } from '../tables/column.js';

/** Columns of a sheet that annotators fill in a spreadsheet. */
export const sheetColumns = 'row clip annotator dimension pass note path prompt promptId'.split(' ');

/** What a spreadsheet takes for a formula, by its first character; with the apostrophes that an escaped text begins with. */
const formula = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** A text as the cell of a sheet: one that a spreadsheet would take for a formula begins with an apostrophe. */
export function sheetCell(text: string): string {
  return formula.test(text) ? `'${text}` : text;
}

/** Columns of a table; where it is a sheet, its texts without the apostrophes that `sheetCell` has given them. */
export function fromSheet(columns: Columns): Columns {
  if (!sheetColumns.every((name) => columns.has(name))) return columns;
  const plain = (value: unknown) =>
    typeof value === 'string' && value.startsWith("'") && formula.test(value) ? value.slice(1) : value;
  return new Map([...columns].map(([name, values]) => [name, Array.from(values, plain)]));
}
