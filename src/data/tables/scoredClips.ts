import { basename } from 'node:path';
import { cellError } from './cellError.js';
import { codesOf, eachOnce } from './codes.js';
import type { Column, Columns } from './column.js';
import { type ColumnFile, columnsOf, readColumnFile, rowCount } from './columnFile.js';
import {
  type AsideColumn,
  asideWords,
  type ColumnRoles,
  describeRoles,
  type GivenRoles,
  guessRoles,
  leftAside,
} from './columnRoles.js';
import { type ListPart, spreadLists } from './listColumns.js';
import { Picked, Texts } from './texts.js';
import {
  arePlain,
  isMissing,
  numberOf,
  numbersOf,
  shown,
  textOf,
  verdictReader,
  verdictWords,
} from './vocabulary.js';

/** A table in memory: rows, or an arquero table. */
export type TableLike =
  | readonly object[]
  | { columnNames(): string[]; array(name: string): ArrayLike<unknown> };

/** Numbers of clips, in the order of the clips; NaN where a clip has none. */
export interface ClipNumbers {
  name: string;
  values: Float64Array;
}

/** What the rows of a score file say of its clips in one dimension; lists have one entry a clip. */
export interface Judgements {
  ratings?: Float64Array;
  labels?: readonly (boolean | undefined)[];
}

/** The judgements of one column, or of one number of a column of lists. */
export interface OwnJudgements extends Judgements {
  dimension: string;
  /** By metric, where the rows of a clip's metrics are judged differently: each metric has its own rows'. */
  byMetric?: ReadonlyMap<string, Judgements>;
}

/** The scores of a metric. */
export interface ClipScores extends ClipNumbers {
  /** The row of each, from 1; 0 where a clip has none. */
  rows: Uint32Array;
}

/** The columns of a score file, and what they are taken for. */
export interface ScoreColumns {
  /** The file's name, or "the table". */
  source: string;
  /** The operation and the source, for errors. */
  where: string;
  /** Those of lists hold their first numbers. */
  columns: Columns;
  /** The numbers of the columns of lists. */
  parts: ReadonlyMap<string, readonly ListPart[]>;
  roles: ColumnRoles;
  /** How the columns were understood, in words. */
  read: string[];
  /** Columns that have no role, and why. */
  leftAside: AsideColumn[];
}

/** What a score file says of its clips; all lists have one entry a clip. */
interface ClipMeasures {
  roles: ColumnRoles;
  metrics: ClipScores[];
  /** Rows without a score, which are left out, with the first one's number; 0 where there is none. */
  missing: { rows: number; first: number };
  judgements: OwnJudgements[];
  shortcuts: ClipNumbers[];
}

/** Clips whose texts are not made yet. */
export interface ClipColumns extends ClipMeasures {
  ids: Column;
  groups?: Column;
  /** Undefined where a clip has none; the paths, too. */
  prompts?: Column;
  paths?: Column;
}

/** Scored clips of any origin, by columns; all lists have one entry a clip. */
export interface ScoredClips extends ClipMeasures {
  /** The file's name, or "the table". */
  source: string;
  /** How the columns were understood, in words. */
  read: string[];
  /** Columns that have no role, and why. */
  leftAside: AsideColumn[];
  ids: string[];
  groups?: string[];
  prompts?: string[];
  paths?: (string | undefined)[];
}

const videoFile = /\.(mp4|webm|mov|mkv|avi|gif|m4v)$/i;

/**
 * Reads scores of any tool: a CSV, TSV, JSON, JSON Lines, Arrow or Parquet file, or a table in memory. Columns are
 * guessed (`guessRoles`) where they are not given. A row with no score (blank, NaN, null) is left out and counted. A
 * list of numbers in place of a score or rating makes a metric or dimension of each, called by `names`.
 * @throws {Error} that names file, row, column and value: a score that is not a finite number, a label that is not a word of
 *   Pass or Fail, a clip with two scores of one metric, two groups, prompts, paths or shortcuts; also where no row has a score, or a column is not there
 */
export async function readScoredClips(
  operation: string,
  input: string | TableLike,
  given: GivenRoles = {},
  names?: readonly string[],
): Promise<ScoredClips> {
  const columns = await readScoreColumns(operation, input, given, names);
  const { source, leftAside } = columns;
  const read = [
    ...columns.read,
    ...(leftAside.length > 0 ? [`left aside: ${asideWords(leftAside)}`] : []),
  ].map((line) => `${source}: ${line}`);
  const clips = clipsOfColumns(columns);
  const ids = Array.from(clips.ids, String);
  const { groups, prompts, paths, ...measures } = clips;
  const texts = (column: Column) => Array.from(column) as (string | undefined)[];
  return {
    ...{ ...measures, ids, source, read, leftAside },
    ...(groups && { groups: Array.from(groups, String) }),
    ...(prompts && { prompts: texts(prompts).map((text, clip) => text ?? `of ${ids[clip]}`) }),
    ...(paths && { paths: texts(paths) }),
  };
}

/**
 * The columns of a score file, taken for what they are given as or guessed to be.
 * @param prepare makes another table of the one that was read
 * @throws as `readScoredClips`
 */
export async function readScoreColumns(
  operation: string,
  input: string | TableLike,
  given: GivenRoles,
  names?: readonly string[],
  prepare: (file: ColumnFile, given: GivenRoles, where: string) => ColumnFile = (file) => file,
): Promise<ScoreColumns> {
  const source = typeof input === 'string' ? basename(input) : 'the table';
  const where = `${operation}: ${source}`;
  const read: ColumnFile =
    typeof input === 'string'
      ? await readColumnFile(operation, input)
      : { columns: tableColumns(where, input), notes: [] };
  const file = prepare(read, given, where);
  const { columns, parts } = spreadLists(file.columns, where, names);
  const roles = guessRoles(columns, given, where, parts);
  return {
    ...{ source, where, columns, parts, roles },
    read: [...file.notes, ...describeRoles(roles, parts)],
    leftAside: leftAside(columns, roles, parts),
  };
}

/** The clips of a score file, each with the scores of its rows. @throws as `readScoredClips` */
export const clipsOfColumns = (columns: ScoreColumns): ClipColumns => new Pivot(columns).clips();

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
  const parts = id.map((name) => columns.get(name)!);
  return Array.from({ length: rowCount(columns) }, (_, row) => {
    if (parts.length === 0) return `row ${row + 1}`;
    const empty = parts.findIndex((values) => isMissing(values.at(row)));
    if (empty >= 0) {
      throw cellError({ where, row, column: id[empty] }, 'the name of a clip', undefined);
    }
    return parts.length === 1
      ? textOf(parts[0].at(row))
      : parts.map((values) => textOf(values.at(row))).join(' / ');
  });
}

interface ClipCodes {
  codes: Int32Array;
  values: Column;
}

/** The clip of each row by the place of its name among all names. */
function clipCodes(columns: Columns, id: readonly string[], where: string): ClipCodes {
  const known = id.length === 1 ? codesOf(columns.get(id[0])!) : undefined;
  if (known && arePlain(known.values)) return known;
  const places = new Map<string, number>();
  const codes = Int32Array.from(clipNames(columns, id, where), (name) => {
    const place = places.get(name) ?? places.size;
    if (place === places.size) places.set(name, place);
    return place;
  });
  return { codes, values: [...places.keys()] };
}

/** Gathers the rows of each clip. */
class Pivot {
  private readonly clipOf: Int32Array;
  private readonly ids: Column;
  /** The first row of each clip. */
  private readonly firstRow: Int32Array;

  private readonly columns: Columns;
  private readonly parts: ReadonlyMap<string, readonly ListPart[]>;
  private readonly roles: ColumnRoles;
  private readonly where: string;

  constructor({ columns, parts, roles, where }: ScoreColumns) {
    this.columns = columns;
    this.parts = parts;
    this.roles = roles;
    this.where = where;
    const { codes, values } = clipCodes(columns, roles.id, where);
    this.clipOf = codes;
    this.ids = values;
    this.firstRow = new Int32Array(values.length);
    for (let row = 0, clips = 0; row < codes.length; row++)
      if (codes[row] === clips) this.firstRow[clips++] = row;
  }

  clips(): ClipColumns {
    const { roles, ids } = this;
    const { metrics, missing } = this.metrics();
    const paths = roles.path ?? (roles.id.length === 1 && areVideoFiles(ids) ? roles.id[0] : undefined);
    return {
      roles,
      ids,
      metrics,
      missing,
      judgements: this.judgements(metrics.map(({ name }) => name)),
      ...(roles.by && { groups: this.texts(roles.by, '(none)') }),
      ...(roles.prompt && { prompts: this.texts(roles.prompt) }),
      ...(paths && { paths: this.texts(paths) }),
      shortcuts: roles.shortcuts.map((name) => ({ name, values: this.numbers(name) })),
    };
  }

  private metrics(): Pick<ScoredClips, 'metrics' | 'missing'> {
    const { roles } = this;
    const missing = { rows: 0, first: 0 };
    const byName = new Map<string, Float64Array>();
    const filled = new Map<string, Uint32Array>();
    const metricNames = roles.metric === undefined ? undefined : this.metricNames(roles.metric);
    for (const { column, part, values } of roles.score.flatMap((column) => this.numbersOf(column))) {
      const { values: numbers, odd } = numbersOf(values);
      const end = odd < 0 ? numbers.length : odd;
      let scores: Float64Array | undefined;
      let rows: Uint32Array | undefined;
      let last: string | undefined;
      for (let row = 0; row < end; row++) {
        const name = metricNames ? this.metricOf(row, metricNames) : column;
        if (!scores || !rows || name !== last) {
          last = name;
          const metric = metricNames ? name + (part ? ` ${part}` : '') : (part ?? column);
          scores = byName.get(metric) ?? new Float64Array(this.ids.length).fill(Number.NaN);
          rows = filled.get(metric) ?? new Uint32Array(this.ids.length);
          byName.set(metric, scores);
          filled.set(metric, rows);
        }
        const clip = this.clipOf[row];
        if (rows[clip] > 0) throw this.repeated(clip, rows[clip], row + 1);
        rows[clip] = row + 1;
        if (Number.isNaN(numbers[row])) {
          if (missing.rows === 0) missing.first = row + 1;
          missing.rows++;
        }
        scores[clip] = numbers[row];
      }
      if (odd >= 0) throw this.error(odd, column, 'a finite number');
    }
    const metrics = [...byName].map(([name, values]) => ({ name, values, rows: filled.get(name)! }));
    const scoreless = metrics.find(({ values }) => values.every(Number.isNaN));
    if (scoreless) throw new Error(`${this.where}: no row has a score of "${scoreless.name}"`);
    return { metrics, missing };
  }

  /** The numbers of a column; of a column of lists, of each of its parts. */
  private numbersOf(column: string): { column: string; part?: string; values: Column }[] {
    const parts = this.parts.get(column);
    if (!parts) return [{ column, values: this.columns.get(column)! }];
    return parts.map(({ name, values }) => ({ column, part: name, values }));
  }

  /** The metric of each row of a long file. */
  private metricNames(column: string): readonly (string | undefined)[] {
    return eachOnce(this.columns.get(column)!, (value) => (isMissing(value) ? undefined : textOf(value)));
  }

  private metricOf(row: number, names: readonly (string | undefined)[]): string {
    const name = names[row];
    if (name === undefined) throw this.error(row, this.roles.metric!, 'the name of a metric');
    return name;
  }

  private judgements(metrics: readonly string[]): OwnJudgements[] {
    const { label, rating } = this.roles;
    const labels = label === undefined ? undefined : this.labels(label);
    const ratings = rating === undefined ? [] : this.numbersOf(rating);
    const read = ratings.map(({ column, part, values }) => ({
      dimension: part ?? column,
      ratings: this.finite(values, column),
    }));
    if (labels && read.length > 1)
      return [...read, { dimension: label!, labels }].map((own) => this.own(own, metrics));
    if (!labels) return read.map((own) => this.own(own, metrics));
    return [this.own({ dimension: label!, labels, ratings: read[0]?.ratings }, metrics)];
  }

  /** Judgements of rows as those of clips: of all rows of a clip, or of each metric where they differ. */
  private own(
    rows: { dimension: string; ratings?: Float64Array; labels?: (boolean | undefined)[] },
    metrics: readonly string[],
  ): OwnJudgements {
    const { dimension, ratings, labels } = rows;
    const hasRowEach = this.ids.length === this.clipOf.length;
    const of = (rowOf: Int32Array): Judgements => ({
      ...(ratings && { ratings: valuesAt(rowOf, ratings, new Float64Array(rowOf.length), Number.NaN) }),
      ...(labels && {
        labels: valuesAt(rowOf, labels, new Array<boolean | undefined>(rowOf.length), undefined),
      }),
    });
    const all = hasRowEach ? rows : { dimension, ...of(this.firstRow) };
    if (metrics.length < 2) return all;
    const differs = (row: number) => {
      const first = this.firstRow[this.clipOf[row]];
      return (
        (ratings && !Object.is(ratings[row], ratings[first])) || (labels && labels[row] !== labels[first])
      );
    };
    let same = 0;
    while (same < this.clipOf.length && !differs(same)) same++;
    if (same === this.clipOf.length) return all;
    const byMetric = new Map<string, Int32Array>();
    const names = this.metricNames(this.roles.metric!);
    for (let row = 0; row < this.clipOf.length; row++) {
      const metric = this.metricOf(row, names);
      const rowOf = byMetric.get(metric) ?? new Int32Array(this.ids.length).fill(-1);
      byMetric.set(metric, rowOf);
      rowOf[this.clipOf[row]] = row;
    }
    return { ...all, byMetric: new Map([...byMetric].map(([metric, rowOf]) => [metric, of(rowOf)])) };
  }

  private labels(column: string): (boolean | undefined)[] {
    const values = this.columns.get(column)!;
    const read = verdictReader(values);
    const labels = eachOnce(values, (value) => (isMissing(value) ? undefined : (read(value) ?? null)));
    const odd = labels.indexOf(null);
    if (odd < 0) return labels as (boolean | undefined)[];
    const graded = numberOf(values.at(odd)) === undefined ? '' : ' (a rating is one by the option "rating")';
    throw this.error(odd, column, `${verdictWords}${graded}`);
  }

  /** The numbers of each row. */
  private finite(values: Column, column: string): Float64Array {
    const { values: numbers, odd } = numbersOf(values);
    if (odd >= 0) throw this.error(odd, column, 'a finite number');
    return numbers;
  }

  private numbers(column: string): Float64Array {
    const read = this.finite(this.columns.get(column)!, column);
    const numbers = new Float64Array(this.ids.length).fill(Number.NaN);
    for (let row = 0; row < read.length; row++) {
      const clip = this.clipOf[row];
      if (Number.isNaN(numbers[clip])) numbers[clip] = read[row];
      else if (!Number.isNaN(read[row]) && read[row] !== numbers[clip])
        throw this.contradiction(row, column, numbers[clip]);
    }
    return numbers;
  }

  /** The text of each clip. @param otherwise of one that has none */
  private texts(column: string, otherwise?: string): Column {
    const { codes, values } = this.textCodes(column);
    const found = new Int32Array(this.ids.length).fill(-1);
    for (let row = 0; row < codes.length; row++) {
      const code = codes[row];
      if (code < 0) continue;
      const clip = this.clipOf[row];
      if (found[clip] >= 0 && found[clip] !== code)
        throw this.contradiction(row, column, values.at(found[clip]) as string);
      found[clip] = code;
    }
    return new Picked(values, found, otherwise);
  }

  /** The texts of a column by codes, -1 where there is none. */
  private textCodes(column: string): ClipCodes {
    const given = this.columns.get(column)!;
    const known = codesOf(given);
    if (known && arePlain(known.values)) return known;
    // Each text is kept once: a million rows of a few groups need not hold a million strings.
    const texts = new Map<string, number>();
    const codeOf = eachOnce(given, (value) => {
      if (isMissing(value)) return -1;
      const text = textOf(value);
      const code = texts.get(text) ?? texts.size;
      if (code === texts.size) texts.set(text, code);
      return code;
    });
    return { codes: Int32Array.from(codeOf), values: [...texts.keys()] };
  }

  private error(row: number, column: string, expected: string): Error {
    return cellError({ where: this.where, row, column }, expected, this.columns.get(column)!.at(row));
  }

  private contradiction(row: number, column: string, earlier: string | number): Error {
    const clip = this.ids.at(this.clipOf[row]);
    return this.error(row, column, `${shown(earlier)}, as in an earlier row of clip "${clip}"`);
  }

  private repeated(clip: number, first: number, second: number): Error {
    return new Error(
      `${this.where}: clip "${this.ids.at(clip)}" has two scores, in rows ${first} and ${second}; keep one row a clip, ` +
        'or say which columns name a clip and which one the metric',
    );
  }
}

/** What stands in some rows; something else where there is none, which is below 0. */
function valuesAt<T, List extends { [row: number]: T }>(
  rows: Int32Array,
  values: ArrayLike<T>,
  into: List,
  otherwise: T,
): List {
  for (let i = 0; i < rows.length; i++)
    (into as { [row: number]: T })[i] = rows[i] < 0 ? otherwise : values[rows[i]];
  return into;
}

/** Whether some of the names are of video files. */
function areVideoFiles(ids: Column): boolean {
  const isFile = (id: string) => videoFile.test(id);
  if (!(ids instanceof Texts)) return Array.from(ids as Iterable<string>).some(isFile);
  const { bytes, ends } = ids;
  for (let i = 0; i < ends.length; i++) {
    const end = ends[i];
    if ((bytes[end - 4] === dot || bytes[end - 5] === dot) && isFile(ids.at(i))) return true;
  }
  return false;
}

const [dot] = Buffer.from('.');
