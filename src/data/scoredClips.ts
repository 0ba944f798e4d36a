import { basename } from 'node:path';
import { type Columns, columnsOf, readColumns, rowCount } from './columnFile.js';
import { type ColumnRoles, type GivenRoles, guessRoles } from './columnRoles.js';
import { isMissing, numberOf, shown, textOf, verdictOf } from './columnValues.js';

/** A table in memory: rows, or an arquero table. */
export type TableLike =
  | readonly object[]
  | { columnNames(): string[]; array(name: string): ArrayLike<unknown> };

/** Numbers of clips, in the order of the clips; NaN where a clip has none. */
export interface ClipNumbers {
  name: string;
  values: Float64Array;
}

/** Scored clips of any origin, by columns; all lists have one entry a clip. */
export interface ScoredClips {
  /** The file's name, or "the table". */
  source: string;
  roles: ColumnRoles;
  ids: string[];
  metrics: ClipNumbers[];
  /** Rows without a score, which are left out, with the first one's number; 0 where there is none. */
  missing: { rows: number; first: number };
  labels?: (boolean | undefined)[];
  ratings?: Float64Array;
  groups?: string[];
  prompts?: string[];
  paths?: (string | undefined)[];
  shortcuts: ClipNumbers[];
}

const videoFile = /\.(mp4|webm|mov|mkv|avi|gif|m4v)$/i;

/**
 * Reads scores of any tool: a CSV, TSV, JSON, JSON Lines, Arrow or Parquet file, or a table in memory. Columns are
 * guessed (`guessRoles`) where they are not given. A row with no score (blank, NaN, null) is left out and counted.
 * @throws {Error} that names file, row, column and value: a score that is no finite number, a label that is no word of
 *   Pass or Fail, a clip with two scores of one metric; also where no row has a score, or a column is not there
 */
export async function readScoredClips(
  operation: string,
  input: string | TableLike,
  given: GivenRoles = {},
): Promise<ScoredClips> {
  const source = typeof input === 'string' ? basename(input) : 'the table';
  const where = `${operation}: ${source}`;
  const columns =
    typeof input === 'string' ? await readColumns(operation, input) : tableColumns(where, input);
  const roles = guessRoles(columns, given, where);
  return new Pivot(columns, roles, where).clips(source);
}

/** The columns of a table in memory. @throws {Error} for one without rows */
export function tableColumns(where: string, input: TableLike): Columns {
  const columns =
    'columnNames' in input
      ? new Map(input.columnNames().map((name) => [name, Array.from(input.array(name))]))
      : columnsOf(input);
  if (rowCount(columns) === 0) throw new Error(`${where} has no rows`);
  return columns;
}

/** The clip of each row: the texts of its id columns, or the row's number. */
export function clipNames(columns: Columns, id: readonly string[], where: string): string[] {
  const parts = id.map((name) => columns.get(name) as readonly unknown[]);
  return Array.from({ length: rowCount(columns) }, (_, row) => {
    if (parts.length === 0) return `row ${row + 1}`;
    const empty = parts.findIndex((values) => isMissing(values[row]));
    if (empty >= 0) {
      throw new Error(
        `${where} row ${row + 1}, column "${id[empty]}": expected the name of a clip, received nothing`,
      );
    }
    return parts.length === 1
      ? textOf(parts[0][row])
      : parts.map((values) => textOf(values[row])).join(' / ');
  });
}

/** Gathers the rows of each clip. */
class Pivot {
  private readonly clipOf: Uint32Array;
  private readonly ids: string[] = [];
  /** The first row of each clip. */
  private readonly firstRow: number[] = [];

  constructor(
    private readonly columns: Columns,
    private readonly roles: ColumnRoles,
    private readonly where: string,
  ) {
    const places = new Map<string, number>();
    this.clipOf = Uint32Array.from(clipNames(columns, roles.id, where), (name, row) => {
      const known = places.get(name);
      if (known !== undefined) return known;
      places.set(name, this.ids.length);
      this.ids.push(name);
      this.firstRow.push(row);
      return this.ids.length - 1;
    });
  }

  clips(source: string): ScoredClips {
    const { roles, ids } = this;
    const { metrics, missing } = this.metrics();
    const paths =
      roles.path ?? (roles.id.length === 1 && ids.some((id) => videoFile.test(id)) ? roles.id[0] : undefined);
    return {
      source,
      roles,
      ids,
      metrics,
      missing,
      ...(roles.label && { labels: this.labels(roles.label) }),
      ...(roles.rating && { ratings: this.numbers(roles.rating) }),
      ...(roles.by && { groups: this.texts(roles.by).map((text) => text ?? '(none)') }),
      ...(roles.prompt && {
        prompts: this.texts(roles.prompt).map((text, clip) => text ?? `of ${ids[clip]}`),
      }),
      ...(paths && { paths: this.texts(paths) }),
      shortcuts: roles.shortcuts.map((name) => ({ name, values: this.numbers(name) })),
    };
  }

  private metrics(): Pick<ScoredClips, 'metrics' | 'missing'> {
    const { roles, columns } = this;
    const missing = { rows: 0, first: 0 };
    const byName = new Map<string, Float64Array>();
    const filled = new Map<string, Uint32Array>();
    const metricNames = roles.metric === undefined ? undefined : columns.get(roles.metric)!;
    for (const column of roles.score) {
      const values = columns.get(column)!;
      values.forEach((value, row) => {
        const number = numberOf(value);
        if (number === undefined) throw this.error(row, column, 'a finite number');
        const name = metricNames ? textOf(metricNames[row]) : column;
        let scores = byName.get(name);
        if (!scores) {
          scores = new Float64Array(this.ids.length).fill(Number.NaN);
          byName.set(name, scores);
          filled.set(name, new Uint32Array(this.ids.length));
        }
        const clip = this.clipOf[row];
        const rows = filled.get(name)!;
        if (rows[clip] > 0) throw this.repeated(clip, rows[clip], row + 1);
        rows[clip] = row + 1;
        if (Number.isNaN(number)) {
          if (missing.rows === 0) missing.first = row + 1;
          missing.rows++;
        }
        scores[clip] = number;
      });
    }
    const metrics = [...byName].map(([name, values]) => ({ name, values }));
    const scoreless = metrics.find(({ values }) => values.every(Number.isNaN));
    if (scoreless) throw new Error(`${this.where}: no row has a score of "${scoreless.name}"`);
    return { metrics, missing };
  }

  private labels(column: string): (boolean | undefined)[] {
    const values = this.columns.get(column)!;
    return this.firstRow.map((row) => {
      if (isMissing(values[row])) return undefined;
      const label = verdictOf(values[row]);
      if (label === undefined) throw this.error(row, column, 'Pass/Fail, true/false, yes/no or 1/0');
      return label;
    });
  }

  private numbers(column: string): Float64Array {
    const values = this.columns.get(column)!;
    return Float64Array.from(this.firstRow, (row) => {
      const number = numberOf(values[row]);
      if (number === undefined) throw this.error(row, column, 'a finite number');
      return number;
    });
  }

  private texts(column: string): (string | undefined)[] {
    const values = this.columns.get(column)!;
    // Each text is kept once: a million rows of a few groups need not hold a million strings.
    const texts = new Map<string, string>();
    return this.firstRow.map((row) => {
      if (isMissing(values[row])) return undefined;
      const text = textOf(values[row]);
      const known = texts.get(text);
      if (known === undefined) texts.set(text, text);
      return known ?? text;
    });
  }

  private error(row: number, column: string, expected: string): Error {
    const value = this.columns.get(column)![row];
    return new Error(
      `${this.where} row ${row + 1}, column "${column}": expected ${expected}, received ${shown(value)}`,
    );
  }

  private repeated(clip: number, first: number, second: number): Error {
    return new Error(
      `${this.where}: clip "${this.ids[clip]}" has two scores, in rows ${first} and ${second}; keep one row a clip, ` +
        'or say which columns name a clip and which one the metric',
    );
  }
}
