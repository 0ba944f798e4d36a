import { isPrinted } from '../../base/missing.js';
import { cellError } from './cellError.js';
import { countsOf, distinctOf } from './codes.js';
import type { Column, Columns } from './column.js';
import { Texts } from './texts.js';
import { isMissing, listOf } from './vocabulary.js';

/** One of the numbers of a column of lists. */
export interface ListPart {
  /** Its name, or the column's with its position from 1. */
  name: string;
  values: readonly number[];
}

/** Columns of which those of lists hold their first numbers, and the parts of each of these. */
export interface SpreadColumns {
  columns: Columns;
  parts: ReadonlyMap<string, readonly ListPart[]>;
}

/**
 * Takes columns of lists of numbers apart, such as VideoScore's "[1.9, 1.5, 2.9]": a column is one of lists where more
 * than half of its values are.
 * @param names of the numbers of a list, in order. Default: the column's name and the position
 * @throws {Error} that names the row of a value that is not a list, or of another length; {RangeError} for names of another
 *   number than a list has
 */
export function spreadLists(columns: Columns, where: string, names?: readonly string[]): SpreadColumns {
  const parts = new Map<string, readonly ListPart[]>();
  const spread = new Map<string, Column>();
  for (const [column, values] of columns) {
    const found = isListColumn(values) ? partsOf(column, values, where, names) : undefined;
    if (found) parts.set(column, found);
    spread.set(column, found ? found[0].values : values);
  }
  if (names && parts.size === 0) {
    throw new RangeError(`${where} has no column of lists whose numbers ${names.join(', ')} could name`);
  }
  return { columns: spread, parts };
}

function isListColumn(column: Column): boolean {
  if (!mayHoldLists(column)) return false;
  let present = 0;
  let lists = 0;
  const [values, counts] = [distinctOf(column), countsOf(column)];
  for (let i = 0; i < values.length; i++) {
    const value = values.at(i);
    if (typeof value === 'number' || isMissing(value)) continue;
    const count = counts ? counts[i] : 1;
    present += count;
    if (listOf(value)) lists += count;
  }
  return lists > present / 2;
}

/** Whether some text begins as a list does; other columns may always hold some. */
function mayHoldLists(column: Column): boolean {
  const values = distinctOf(column);
  if (!(values instanceof Texts)) return true;
  const { bytes, starts } = values;
  for (let i = 0; i < starts.length; i++) {
    const first = bytes[starts[i]];
    if (isPrinted(first) && first !== bracket && first !== parenthesis) continue;
    if (/^\s*[[(]/.test(values.at(i))) return true;
  }
  return false;
}

const [bracket, parenthesis] = Buffer.from('[(');

function partsOf(
  column: string,
  values: Column,
  where: string,
  names: readonly string[] | undefined,
): readonly ListPart[] {
  const lists = Array.from(values, (value) => (isMissing(value) ? undefined : (listOf(value) ?? [])));
  const length = lists.find((list) => list !== undefined && list.length > 0)!.length;
  if (names && names.length !== length) {
    throw new RangeError(
      `${where}: the lists of column "${column}" hold ${length} numbers, received ${names.length} names: ${names.join(', ')}`,
    );
  }
  const odd = lists.findIndex((list) => list !== undefined && list.length !== length);
  if (odd >= 0) {
    const expected = `a list of ${length} numbers, as in earlier rows`;
    throw cellError({ where, row: odd, column }, expected, values.at(odd));
  }
  return Array.from({ length }, (_, i) => ({
    name: names?.[i] ?? `${column} ${i + 1}`,
    values: lists.map((list) => list?.[i] ?? Number.NaN),
  }));
}
