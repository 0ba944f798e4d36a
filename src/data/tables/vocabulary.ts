/** The words of tables, one meaning each for all readers: names of columns, blanks, numbers, Pass and Fail. */

import { isMissing, isPrinted, longestBlank } from '../../base/missing.js';
import { codesOf, countsOf, distinctOf, firstRowOf } from './codes.js';
import type { Column } from './column.js';
import { CodedTexts, Texts } from './texts.js';

export { isMissing };

/** The words of Pass (true) and Fail (false); besides, the numbers 1 and 0. */
const verdicts = new Map([
  ...['pass', 'passed', 'true', 'yes', 'good', 'y', 't'].map((word) => [word, true] as const),
  ...['fail', 'failed', 'false', 'no', 'bad', 'n', 'f'].map((word) => [word, false] as const),
]);

/** How Pass and Fail are written, for errors. */
export const verdictWords = 'Pass/Fail, true/false, yes/no or 1/0';

/** Decimal numbers: what Number() takes besides, such as 0x1F or Infinity, is none of a table. */
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Names of columns that mean the same, as `plain` writes them, the surest first. */
const synonyms: Record<string, readonly string[]> = {
  clip: ['clip', 'video', 'clipid', 'videoid', 'clipname', 'videoname'],
  annotator: ['annotator', 'annotatorid', 'rater', 'worker'],
  pass: ['pass', 'passed', 'verdict', 'label'],
  score: ['score', 'reward'],
  rating: ['rating', 'mos'],
};

/** The name of a column without case, spaces and punctuation: `Prompt ID`, `prompt_id` and `promptId` are one. */
export const plain = (column: string): string => column.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** The plain names that a column may have, the surest first. */
export const namesOf = (column: string): readonly string[] => synonyms[column] ?? [plain(column)];

/** Text of a value, trimmed; a number is written out. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : String(value);
}

/** Whether every text is there, and has no spaces around it: `textOf` gives them as they are. */
export function arePlain(column: Texts | CodedTexts): boolean {
  const texts = column instanceof CodedTexts ? column.values : column;
  const { bytes, starts, ends } = texts;
  for (let i = 0; i < starts.length; i++) {
    const [start, end] = [starts[i], ends[i]];
    const first = bytes[start];
    const isLong = end - start > longestBlank || (end > start && isDigit(first));
    if (isLong && isPrinted(first) && isPrinted(bytes[end - 1])) continue;
    const text = texts.at(i);
    if (isMissing(text) || text.trim() !== text) return false;
  }
  return true;
}

/** A finite number, NaN where the value is missing; undefined where it is anything else. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) || Number.isNaN(value) ? value : undefined;
  if (isMissing(value)) return Number.NaN;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (!decimal.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** Whether a value is a whole number of which a JavaScript number would lose digits. */
export function isLongInteger(value: unknown): boolean {
  if (typeof value === 'bigint') return !Number.isSafeInteger(Number(value));
  return (
    typeof value === 'string' && /^[+-]?\d{16,}$/.test(value.trim()) && !Number.isSafeInteger(Number(value))
  );
}

/** Whether a column of numbers has such a number. */
export function hasLongInteger(column: Column): boolean {
  const distinct = distinctOf(column);
  const { values } = numbersOf(distinct);
  for (let i = 0; i < values.length; i++)
    if (Math.abs(values[i]) > Number.MAX_SAFE_INTEGER && isLongInteger(distinct.at(i))) return true;
  return false;
}

/** Pass (true) or Fail (false) in one of the usual words; undefined for any other value. */
export function verdictOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const word = verdicts.get(textOf(value).toLowerCase());
  if (word !== undefined) return word;
  const number = isMissing(value) ? undefined : numberOf(value);
  return number === 1 ? true : number === 0 ? false : undefined;
}

/** How the verdicts of a column are read: -1 is a Fail where 1 and -1 are all that it holds. */
export function verdictReader(values: Column): (value: unknown) => boolean | undefined {
  return areSigns(values) ? (value) => (isMissing(value) ? undefined : numberOf(value) === 1) : verdictOf;
}

/** Whether the values are 1 and -1, and -1 is among them. */
function areSigns(column: Column): boolean {
  let hasMinus = false;
  for (const value of distinctOf(column)) {
    if (isMissing(value)) continue;
    const number = numberOf(value);
    if (number !== 1 && number !== -1) return false;
    hasMinus ||= number === -1;
  }
  return hasMinus;
}

/** A column as numbers. */
export interface ColumnNumbers {
  /** NaN where a value is missing, or is no number. */
  values: Float64Array;
  /** The first row, from 0, of a value that is there and no number; -1 where there is none. */
  odd: number;
}

/** What columns that have been read as numbers hold. */
const knownNumbers = new WeakMap<Column, ColumnNumbers>();

/** The numbers of a column, which must not change any more. */
export function numbersOf(column: Column): ColumnNumbers {
  const before = knownNumbers.get(column);
  if (before) return before;
  const codes = codesOf(column)?.codes;
  const found = codes ? numbersOfCodes(column, codes) : numbersOfEach(column);
  knownNumbers.set(column, found);
  return found;
}

function numbersOfCodes(column: Column, codes: Int32Array): ColumnNumbers {
  const { values: numbers, odd } = numbersOf(distinctOf(column));
  const values = new Float64Array(codes.length);
  for (let row = 0; row < codes.length; row++) values[row] = numbers[codes[row]];
  return { values, odd: odd < 0 ? -1 : firstRowOf(column, odd) };
}

function numbersOfEach(column: Column): ColumnNumbers {
  const values =
    column instanceof Texts ? column.decimals() : new Float64Array(column.length).fill(Number.NaN);
  let odd = -1;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i])) continue;
    const number = numberOf(column.at(i));
    values[i] = number ?? Number.NaN;
    if (number === undefined && odd < 0) odd = i;
  }
  return { values, odd };
}

/** How many values are there, and how many of them are numbers and verdicts. */
export interface Kinds {
  present: number;
  numbers: number;
  verdicts: number;
  /** Rows, from 0, of the first value that is none. */
  firstOdd: { number: number; verdict: number };
}

/** What columns that have been looked at hold: each is asked for by several guesses. */
const knownKinds = new WeakMap<Column, Kinds>();

/** Counts what a column holds, which must not change any more. */
export function kindsOf(column: Column): Kinds {
  const before = knownKinds.get(column);
  if (before) return before;
  const kinds: Kinds = { present: 0, numbers: 0, verdicts: 0, firstOdd: { number: -1, verdict: -1 } };
  const signs = areSigns(column);
  const [values, counts] = [distinctOf(column), countsOf(column)];
  // Each value is read as a number once for all who ask.
  const { values: numbers } = numbersOf(values);
  const odd = { number: -1, verdict: -1 };
  for (let i = 0; i < values.length; i++) {
    const isNumber = !Number.isNaN(numbers[i]);
    if (!isNumber && isMissing(values.at(i))) continue;
    const count = counts ? counts[i] : 1;
    kinds.present += count;
    if (isNumber) kinds.numbers += count;
    else if (odd.number < 0) odd.number = i;
    const isOne = isNumber ? isVerdictNumber(numbers[i], signs) : verdictOf(values.at(i)) !== undefined;
    if (isOne) kinds.verdicts += count;
    else if (odd.verdict < 0) odd.verdict = i;
  }
  for (const kind of ['number', 'verdict'] as const)
    if (odd[kind] >= 0) kinds.firstOdd[kind] = firstRowOf(column, odd[kind]);
  knownKinds.set(column, kinds);
  return kinds;
}

const isVerdictNumber = (number: number, signs: boolean): boolean =>
  number === 1 || number === (signs ? -1 : 0);

/** Whether all values that are there are numbers, and at least one is. */
export function isNumeric(values: Column): boolean {
  const { present, numbers } = kindsOf(values);
  return present > 0 && numbers === present;
}

/** Share of 0 and 1 from which on a column of numbers is one of verdicts, and its other numbers are mistyped. */
const verdictShare = 0.95;

/**
 * Whether a column is one of verdicts: more than half of its values are, of a column of numbers nearly all. What is
 * none among them is an error to be, and no reason to leave the column aside.
 */
export function isVerdict(values: Column): boolean {
  const { present, numbers, verdicts } = kindsOf(values);
  if (present === 0) return false;
  return numbers === present ? verdicts >= verdictShare * present : verdicts > present / 2;
}

/** The numbers of a value that is a list of them, also one that is written out as text; undefined for any other. */
export function listOf(value: unknown): readonly number[] | undefined {
  const list =
    typeof value === 'string' ? textList(value) : ArrayBuffer.isView(value) ? viewList(value) : value;
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const numbers = list.map(numberOf);
  return numbers.every((number) => number !== undefined) ? (numbers as number[]) : undefined;
}

const viewList = (view: ArrayBufferView): unknown => Array.from(view as unknown as ArrayLike<unknown>);

/** `[1.9, 1.5]` or `(1.9, 1.5)`; NumPy writes no commas. */
function textList(value: string): string[] | undefined {
  if (isDigit(value.charCodeAt(0)) || !/^\s*[[(]/.test(value)) return undefined;
  const [, inside] = /^[[(]([^[\]()]*)[\])]$/.exec(value.trim()) ?? [];
  if (inside === undefined || inside.trim() === '') return undefined;
  return inside.includes(',') ? inside.replace(/,\s*$/, '').split(',') : inside.trim().split(/\s+/);
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** A value as an error shows it: text in quotes, shortened. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number' || typeof value === 'bigint') return shortened(String(value));
  const text =
    JSON.stringify(ArrayBuffer.isView(value) ? viewList(value) : value, (_, entry) =>
      typeof entry === 'bigint' ? String(entry) : entry,
    ) ?? String(value);
  return shortened(text);
}

/** A text as an error shows it where it needs no quotes, such as a name. */
export const shortened = (text: string): string =>
  text.length <= mostShown ? text : `${text.slice(0, mostShown - 1)}…`;

const mostShown = 200;
