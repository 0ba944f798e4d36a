import type { ColumnTable } from 'arquero';
import { cellError } from './cellError.js';
import { type Codes, codesOf } from './codes.js';
import type { Column, Columns } from './column.js';
import { rowCount } from './columnFile.js';
import { type CodedTexts, isTexts } from './texts.js';
import {
  isLongInteger,
  isMissing,
  isVerdict,
  namesOf,
  numberOf,
  plain,
  shown,
  verdictReader,
  verdictWords,
} from './vocabulary.js';

/** The columns that say more of a clip. */
export const clipColumns = ['path', 'prompt', 'promptId', 'generator'] as const;

/** What is known of a clip besides its id. */
export interface ClipFields {
  /** File of the clip. */
  path?: string;
  /** The text that it was generated from. */
  prompt?: string;
  /** What clips of the same prompt have in common. */
  promptId?: string;
  /** The model that generated it. */
  generator?: string;
}

/** The columns of ours; a file may write them otherwise. */
const known = [
  'clip',
  'annotator',
  'dimension',
  'pass',
  'rating',
  'score',
  'note',
  'confidence',
  ...clipColumns,
];

/** Columns of which a file may have one only: which of them names the clip or the prompt is not to be guessed. */
const exclusive: Record<string, readonly string[]> = { clip: ['clip', 'video'], promptId: ['promptid'] };

/** Rows of a table under check; its errors name the place: operation, file, row, column and value. */
export class Fields {
  /** How many rows there are. */
  readonly count: number;
  /** The table's name of each known column that it has. */
  private readonly given = new Map<string, string>();
  /** The columns that were asked for, by these names. */
  private readonly asked = new Map<string, Column>();
  private readonly verdicts = new Map<string, (value: unknown) => boolean | undefined>();

  /** The columns that say more of a clip, as far as there are such. */
  private readonly ofClips: readonly (typeof clipColumns)[number][];

  /** @param where the operation and, if any, the file. */
  constructor(
    private readonly where: string,
    private readonly columns: Columns,
  ) {
    this.count = rowCount(columns);
    const byPlain = new Map<string, string[]>();
    for (const column of columns.keys()) {
      const word = plain(column);
      const same = byPlain.get(word);
      if (same) same.push(column);
      else byPlain.set(word, [column]);
    }
    for (const [name, words] of Object.entries(exclusive)) {
      const [first, second] = words.flatMap((word) => byPlain.get(word) ?? []);
      if (second !== undefined) {
        const own = second === name ? [second, first] : [first, second];
        throw this.failure(
          `has both columns ${shown(own[0])} and ${shown(own[1])}, which mean the same; keep one`,
        );
      }
    }
    for (const name of known) {
      const word = namesOf(name).find((candidate) => byPlain.has(candidate));
      const column = columns.has(name) ? name : word && byPlain.get(word)?.[0];
      // Of other names, a label may be anything.
      if (name === 'pass' && column !== undefined && plain(column) !== name && !isVerdict(this.all(column)))
        continue;
      if (column !== undefined) this.given.set(name, column);
    }
    this.ofClips = clipColumns.filter((column) => this.has(column));
  }

  /** The names of the columns, as they are understood. */
  names(): string[] {
    const meant = new Map([...this.given].map(([name, column]) => [column, name]));
    return [...this.columns.keys()].map((column) => meant.get(column) ?? column);
  }

  /** Whether every value of the column is a finite number, and none of more digits than a number keeps. */
  isNumeric(column: string): boolean {
    for (let row = 0; row < this.count; row++) {
      const value = this.value(row, column);
      if (value === undefined || typeof value === 'boolean' || isLongInteger(value)) return false;
      if (numberOf(value) === undefined) return false;
    }
    return true;
  }

  /** Whether there is such a column. */
  has(column: string): boolean {
    return this.columns.has(this.nameOf(column));
  }

  /** @throws Error when one of the columns is not there. */
  require(columns: readonly string[]): void {
    const missing = columns.find((column) => !this.has(column));
    if (missing !== undefined) {
      throw this.failure(`has no column "${missing}"; it has ${shownColumns([...this.columns.keys()])}`);
    }
  }

  /**
   * The values of a column as numbers, equal ones as the same, in the order in which they come; and what each is.
   * @param read what a row's value is, for the first row of each; what it throws is of that row.
   */
  codes<T>(column: string, read: (row: number) => T): Codes<T> {
    const given = this.all(this.nameOf(column));
    const known = codesOf(given);
    return known ? recoded(known, read) : coded(given, read);
  }

  /** The value, undefined where it is missing; text is trimmed. */
  value(row: number, column: string): unknown {
    const value = this.raw(row, column);
    if (isMissing(value)) return undefined;
    return typeof value === 'string' ? value.trim() : value;
  }

  /** Text, or undefined where there is none. A number, such as a prompt's, is written out. */
  text(row: number, column: string): string | undefined {
    const value = this.value(row, column);
    if (value === undefined || typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'bigint') return String(value);
    throw this.error(row, column, 'text');
  }

  /** Text that must be there. */
  name(row: number, column: string): string {
    const text = this.text(row, column);
    if (text === undefined) throw this.error(row, column, 'text');
    return text;
  }

  /** A finite number. */
  number(row: number, column: string): number {
    const number = numberOf(this.value(row, column));
    if (number === undefined || Number.isNaN(number)) throw this.error(row, column, 'a finite number');
    return number;
  }

  /** Pass (true) or Fail (false), in one of the usual words. */
  pass(row: number, column: string): boolean {
    let read = this.verdicts.get(column);
    if (!read) {
      read = verdictReader(this.all(this.nameOf(column)));
      this.verdicts.set(column, read);
    }
    const value = this.value(row, column);
    const pass = value === undefined ? undefined : read(value);
    if (pass === undefined) throw this.error(row, column, verdictWords);
    return pass;
  }

  /** What is known of the row's clip besides its id. */
  clip(row: number): ClipFields {
    const fields: ClipFields = {};
    for (const column of this.ofClips) {
      const text = this.text(row, column);
      if (text !== undefined) fields[column] = text;
    }
    return fields;
  }

  /** An error of the whole table. */
  failure(what: string): Error {
    return new Error(`${this.where} ${what}`);
  }

  /** The error of a value: what was expected, and what is there. */
  error(row: number, column: string, expected: string): Error {
    return cellError(
      { where: this.where, row, column: this.nameOf(column) },
      expected,
      this.raw(row, column),
    );
  }

  private all(given: string): Column {
    return this.columns.get(given) ?? [];
  }

  private raw(row: number, column: string): unknown {
    let values = this.asked.get(column);
    if (!values) {
      values = this.all(this.nameOf(column));
      this.asked.set(column, values);
    }
    return values.at(row);
  }

  /** The name under which the table has the column. */
  private nameOf(column: string): string {
    return this.given.get(column) ?? column;
  }
}

/** Codes of what is read of a column. */
function coded<T>(given: Column, read: (row: number) => T): Codes<T> {
  const codes = new Int32Array(given.length);
  const values: T[] = [];
  const codeOf = new Map<unknown, number>();
  // Mostly a value is read as it stands there, and found by that.
  const codeOfOther = new Map<T, number>();
  for (let row = 0; row < given.length; row++) {
    const raw = given.at(row);
    let code = codeOf.get(raw);
    if (code === undefined) {
      const value = read(row);
      code = codeOfOther.get(value) ?? codeOf.get(value);
      if (code === undefined || values[code] !== value) code = values.push(value) - 1;
      if (raw !== value) codeOfOther.set(value, code);
      codeOf.set(raw, code);
    }
    codes[row] = code;
  }
  return { codes, values };
}

/** The same from codes that are known. */
function recoded<T>(known: CodedTexts, read: (row: number) => T): Codes<T> {
  const { codes } = known;
  const values: T[] = [];
  for (let row = 0; row < codes.length; row++) if (codes[row] === values.length) values.push(read(row));
  // Texts that were read as they stand are as different as before.
  if (values.every((value, code) => value === (known.values.at(code) as unknown))) return { codes, values };
  const distinct = coded(values, (code) => values[code]);
  return { codes: codes.map((code) => distinct.codes[code]), values: distinct.values };
}

function shownColumns(names: readonly string[]): string {
  if (names.length === 0) return 'no columns';
  return names.length <= 50
    ? names.join(', ')
    : `${names.slice(0, 50).join(', ')} and ${names.length - 50} more`;
}

/** The rows of a table; of those that were filtered out, none. */
export function fieldsOf(operation: string, table: ColumnTable): Fields {
  const isWhole = !table.isFiltered() && !table.isOrdered();
  const valuesOf = (name: string) => {
    const values: unknown = table.column(name);
    // Millions of values need not be copied.
    return isWhole && (Array.isArray(values) || isTexts(values)) ? values : (table.array(name) as unknown[]);
  };
  const columns = table.columnNames().map((name) => [name, valuesOf(name)] as const);
  return new Fields(`${operation}: the table`, new Map(columns));
}
