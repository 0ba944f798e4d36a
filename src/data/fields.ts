import type { ColumnTable } from 'arquero';
import type { Row } from './tableFile.js';

/** The columns that say more of a clip. */
export const clipColumns = ['path', 'prompt', 'promptId', 'generator'] as const;

/** What is known of a clip besides its id. */
export type ClipFields = Partial<Record<(typeof clipColumns)[number], string>>;

/** Other names under which columns are found. */
const synonyms: Record<string, string> = { video: 'clip', prompt_id: 'promptId' };

/** Rows of a table under check; its errors name the place: operation, file, row, column and value. */
export class Fields {
  private readonly columns: Set<string>;

  /** @param where the operation and, if any, the file. */
  constructor(
    private readonly where: string,
    readonly rows: readonly Row[],
  ) {
    this.columns = new Set(rows.flatMap((row) => Object.keys(row)));
    for (const [synonym, name] of Object.entries(synonyms)) {
      if (this.columns.has(synonym) && this.columns.has(name)) {
        throw this.failure(`has both columns "${name}" and "${synonym}", which mean the same; keep one`);
      }
    }
  }

  /** The names of the columns, as they are understood. */
  names(): string[] {
    return [...this.columns].map((column) => synonyms[column] ?? column);
  }

  /** Whether every value of the column is a finite number. */
  isNumeric(column: string): boolean {
    return this.rows.every((_, row) => {
      const value = this.value(row, column);
      return (typeof value === 'number' || typeof value === 'string') && Number.isFinite(Number(value));
    });
  }

  /** Whether there is such a column. */
  has(column: string): boolean {
    return this.columns.has(this.given(column));
  }

  /** @throws Error when one of the columns is not there. */
  require(columns: readonly string[]): void {
    const missing = columns.find((column) => !this.has(column));
    if (missing !== undefined) {
      throw this.failure(
        `has no column "${missing}"; it has ${[...this.columns].join(', ') || 'no columns'}`,
      );
    }
  }

  /** The value, undefined where it is null, blank or NaN. */
  value(row: number, column: string): unknown {
    const value = this.rows[row][this.given(column)];
    if (value === undefined || value === null || Number.isNaN(value)) return undefined;
    if (typeof value === 'string') {
      const text = value.trim();
      return text === '' || text.toLowerCase() === 'nan' ? undefined : text;
    }
    return value;
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
    const value = this.value(row, column);
    const number = typeof value === 'string' || typeof value === 'bigint' ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isFinite(number)) {
      throw this.error(row, column, 'a finite number');
    }
    return number;
  }

  /** Pass (true) or Fail (false), in one of the usual words. */
  pass(row: number, column: string): boolean {
    const pass = words.get(String(this.value(row, column)).toLowerCase());
    if (pass === undefined) throw this.error(row, column, 'Pass/Fail, true/false, yes/no or 1/0');
    return pass;
  }

  /** What is known of the row's clip besides its id. */
  clip(row: number): ClipFields {
    const fields: ClipFields = {};
    for (const column of clipColumns) {
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
    const value = this.rows[row][this.given(column)];
    const received =
      value === undefined ? 'nothing' : typeof value === 'number' ? String(value) : JSON.stringify(value);
    return new Error(
      `${this.where} row ${row + 1}, column "${this.given(column)}": expected ${expected}, received ${received}`,
    );
  }

  /** The name under which the table has the column. */
  private given(column: string): string {
    if (this.columns.has(column)) return column;
    const synonym = Object.keys(synonyms).find((name) => synonyms[name] === column);
    return synonym !== undefined && this.columns.has(synonym) ? synonym : column;
  }
}

const words = new Map([
  ...['pass', 'true', 'yes', '1'].map((word) => [word, true] as const),
  ...['fail', 'false', 'no', '0'].map((word) => [word, false] as const),
]);

/** The rows of a table; of those that were filtered out, none. */
export function fieldsOf(operation: string, table: ColumnTable): Fields {
  return new Fields(`${operation}: the table`, table.objects() as Row[]);
}
