import { isMissing, leftOutWords } from '../base/missing.js';

/** Numbers, some of which may be missing: NaN, null or undefined. */
export type Numbers = ArrayLike<number | null | undefined>;

/** How many rows a result leaves out. */
export interface LeftOut {
  /** Rows that are left out, since something of theirs is missing; not there where none is. */
  leftOut?: number;
}

/** Columns without the rows in which something is missing. */
export interface CompleteRows<Columns extends readonly (readonly unknown[])[]> {
  columns: { [Place in keyof Columns]: readonly NonNullable<Columns[Place][number]>[] };
  /** Another column without these rows. */
  pick<T>(values: readonly T[]): readonly T[];
  left: LeftOut;
  /** The same in words; not there where no row is left out. */
  note?: string;
}

/**
 * The one rule of what is missing: a row of which a column has nothing (NaN or undefined, as `numbersOf` and `verdictsOf` give it) is
 * left out and counted.
 * @param names what the columns hold, each of one row, such as `score`
 * @param columns all of one length
 * @throws {RangeError} where every row is left out
 */
export function completeRows<Columns extends readonly (readonly unknown[])[]>(
  operation: string,
  names: readonly string[],
  columns: readonly [...Columns],
): CompleteRows<Columns> {
  if (!columns.some(hasGap)) return { columns: columns as never, pick: (values) => values, left: {} };
  const rows = columns[0].length;
  const kept: number[] = [];
  for (let row = 0; row < rows; row++) if (columns.every((column) => isThere(column[row]))) kept.push(row);
  if (kept.length === 0) {
    const wanted = names.map((name) => `a ${name}`).join(' and ');
    throw new RangeError(`${operation}: none of ${rows} ${rows === 1 ? 'row' : 'rows'} has ${wanted}`);
  }
  const pick = <T>(values: readonly T[]) => kept.map((row) => values[row]);
  const leftOut = rows - kept.length;
  return {
    columns: columns.map(pick) as never,
    pick,
    left: { leftOut },
    note: leftOutWords(leftOut, names),
  };
}

/** Most columns have none, which is to be found out fast: a loop that sees nothing but numbers makes no object of each. */
function hasGap(column: readonly unknown[]): boolean {
  if (typeof column[0] === 'number') return hasGapOfNumbers(column);
  for (let row = 0; row < column.length; row++) if (!isThere(column[row])) return true;
  return false;
}

function hasGapOfNumbers(column: readonly unknown[]): boolean {
  for (let row = 0; row < column.length; row++)
    if (column[row] === undefined || Number.isNaN(column[row])) return true;
  return false;
}

const isThere = (value: unknown): boolean => value !== undefined && !Number.isNaN(value);

/**
 * A column of numbers: NaN where one is missing, and the list itself where none is.
 * @throws {RangeError} that names the row, from 1, of what is neither missing nor a finite number
 */
export function numbersOf(operation: string, values: ArrayLike<unknown>, name = 'score'): readonly number[] {
  const given = Array.isArray(values) ? values : Array.from(values);
  let isPlain = true;
  for (let row = 0; row < given.length; row++) {
    if (Number.isFinite(given[row])) continue;
    isPlain = false;
    if (typeof given[row] === 'bigint' || isMissing(given[row])) continue;
    const received = String(given[row]);
    throw new RangeError(`${operation}: ${name} ${row + 1}: expected a finite number, received ${received}`);
  }
  if (isPlain) return given;
  return Array.from(given, (value) => (isMissing(value) ? Number.NaN : Number(value)));
}

/**
 * A column of verdicts, true is Pass, and so is 1: undefined where one is missing, and the list itself where none is.
 * @throws {RangeError} that names the row, from 1, of what is neither missing nor a verdict
 */
export function verdictsOf(
  operation: string,
  values: ArrayLike<unknown>,
  name: string,
): readonly (boolean | undefined)[] {
  // As they are where they may be: measures are taken of the same labels many times.
  if (Array.isArray(values) && values.every((value) => typeof value === 'boolean')) return values;
  return Array.from(values, (value, row) => {
    if (typeof value === 'boolean') return value;
    if (isMissing(value)) return undefined;
    const number = typeof value === 'bigint' ? Number(value) : value;
    if (number === 0 || number === 1) return number === 1;
    throw new RangeError(
      `${operation}: row ${row + 1}: expected ${name} to be true or false, received ${String(value)}`,
    );
  });
}
