import type { Column } from './column.js';
import { CodedTexts } from './texts.js';

/** Values of a column: the code of each row, and what each code is; codes count up in the order in which values come. */
export interface Codes<T> {
  codes: Int32Array;
  values: readonly T[];
}

/** The codes of a column's texts, where its reader has found them. */
export const codesOf = (column: Column): CodedTexts | undefined =>
  column instanceof CodedTexts ? column : undefined;

/** What is read of each value of a column; of equal ones once, where it is known which are. */
export function eachOnce<T>(column: Column, read: (value: unknown) => T): T[] {
  const coded = codesOf(column);
  if (!coded) return Array.from(column, read);
  return decoded({ codes: coded.codes, values: Array.from(coded.values, read) });
}

/** The value of each row. */
function decoded<T>({ codes, values }: Codes<T>): T[] {
  const all = new Array<T>(codes.length);
  for (let row = 0; row < all.length; row++) all[row] = values[codes[row]];
  return all;
}

/** The different values of a column; those of all rows where it is not known which are equal. */
export const distinctOf = (column: Column): Column => codesOf(column)?.values ?? column;

/** How many rows have each value of `distinctOf`; undefined where each is of one row. */
export function countsOf(column: Column): Uint32Array | undefined {
  const coded = codesOf(column);
  if (!coded) return undefined;
  const counts = new Uint32Array(coded.values.length);
  for (const code of coded.codes) counts[code]++;
  return counts;
}

/** The first row of a value of `distinctOf`. */
export const firstRowOf = (column: Column, index: number): number =>
  codesOf(column)?.codes.indexOf(index) ?? index;
