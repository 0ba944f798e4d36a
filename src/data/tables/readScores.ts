import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { table } from 'arquero';
import { host, mime } from '../../base/host.js';
import { leftOutWords } from '../../base/missing.js';
import { distinctOf, eachOnce } from './codes.js';
import { asideWords, type GivenRoles } from './columnRoles.js';
import { clipColumns } from './fields.js';
import { meanRatings } from './meanRatings.js';
import {
  type ClipScores,
  clipsOfColumns,
  readScoreColumns,
  type ScoreColumns,
  type TableLike,
} from './scoredClips.js';
import { Scores } from './scores.js';
import { isLongInteger, isMissing, isNumeric, namesOf, numbersOf, plain, textOf } from './vocabulary.js';

/** Which columns hold what; those that are not given are guessed, as `analyze` does. */
export interface ReadScoresOptions {
  /** The columns that together name a clip. */
  clip?: string | readonly string[];
  /** The columns of scores; each is a metric. */
  score?: string | readonly string[];
  /** The column that names the metric of a row, where the file has a row for each clip and metric. */
  metric?: string;
  /** Pass or Fail. */
  label?: string;
  /** People's rating. */
  rating?: string;
  /** What clips are compared by, such as their generator. */
  group?: string;
  /** What clips of the same prompt have in common: its text or its id. */
  prompt?: string;
  /** Where the clip's file is. */
  path?: string;
  /** What the numbers of a list are called, in order, where a score is a list of them. */
  names?: readonly string[];
}

/** Scores of a file, and how it was read. */
export type ReadScores = Scores & {
  /** What the columns were taken for, a line each, and what was left out. */
  readonly read: readonly string[];
  /** What its one score is called in the file, where that is another word than score or reward. */
  readonly metric?: string;
  /** How many scores are missing, and the first of their rows, from 1; 0 where none is. */
  readonly missing: { readonly rows: number; readonly first: number };
};

/**
 * Reads scores of any tool: a CSV, TSV, JSON, JSON Lines, Arrow or Parquet file, or a table in memory. Columns are guessed as
 * `analyze` guesses them, and a notebook shows what they were taken for. A row without a score is left out and counted; a clip
 * without a label or rating has none. Of people's ratings, a row for each annotator, the scores are the means. Several metrics, and lists of scores, make a long table: a row for each clip and metric.
 * @returns a table with the columns `clip`, `score` and, where they are known, `metric`, `pass`, `rating`, `group`, `prompt` or
 *   `promptId`, and `path`; then the file's others by their names, numbers as numbers. Paths are from here, or from the
 *   file's folder where they are there.
 * @throws {Error} that names file, row, column and value of what is malformed: a score that is text or infinite, a clip with two
 *   scores, an unknown word among labels; also where no row has a score, or a column is not there
 */
export async function readScores(
  input: string | TableLike,
  options: ReadScoresOptions = {},
): Promise<ReadScores> {
  const { clip, score, group, names, ...others } = options;
  const given: GivenRoles = { ...others, id: listed(clip), score: listed(score), by: group };
  const file = await readScoreColumns('readScores', input, given, names, meanRatings);
  const clips = clipsOfColumns(file);
  const rows = new ScoredRows(clips.metrics);
  const columns: Record<string, unknown[]> = {
    clip: picked(clips.ids, rows.clip),
    ...((clips.metrics.length > 1 || clips.roles.metric) && {
      metric: rows.ofEach(({ name }, { length }) => new Array<string>(length).fill(name)),
    }),
    score: rows.ofEach(({ values }, clip) => picked(values, clip)),
    ...judgedColumns(clips, rows),
    ...(clips.groups && { group: picked(clips.groups, rows.clip) }),
  };
  if (clips.paths) {
    const found = foundPaths(clips.paths, typeof input === 'string' ? dirname(input) : undefined);
    columns.path = picked(found, rows.clip);
  }
  Object.assign(columns, otherColumns(file, columns, rows));
  const made = table(columns);
  const read = [
    ...file.read,
    ...(file.leftAside.length > 0 ? [`other columns: ${asideWords(file.leftAside)}`] : []),
    ...missingLines(clips),
  ];
  const size = `${rows.clip.length} scores of ${clips.ids.length} clips`;
  host()?.display({ [mime.text]: [`${file.source}: ${size}`, ...read].join('\n  ') });
  const metric = ownMetric(clips);
  const found = { read, missing: clips.missing, ...(metric !== undefined && { metric }) };
  return Object.assign(new Scores(made.data(), made.columnNames()), found);
}

/** The name of the one score, where it has one of its own. */
function ownMetric({ metrics, roles }: ClipsOfFile): string | undefined {
  if (metrics.length !== 1 || roles.metric) return undefined;
  const [{ name }] = metrics;
  return namesOf('score').includes(plain(name)) ? undefined : name;
}

type ClipsOfFile = ReturnType<typeof clipsOfColumns>;

/** The scores that are there, metric by metric. */
class ScoredRows {
  /** The place of the clip of each. */
  readonly clip: Int32Array;
  /** The row of each in the file, from 0. */
  readonly row: Int32Array;
  private readonly parts: [metric: ClipScores, clip: Int32Array][];

  constructor(metrics: readonly ClipScores[]) {
    this.parts = metrics.map((metric) => [metric, present(metric.values)]);
    const rows = this.parts.map(([{ rows }, clip]) => clip.map((place) => rows[place] - 1));
    this.clip = joined(this.parts.map(([, clip]) => clip));
    this.row = joined(rows);
  }

  /** What is made of the clips of each metric, one after another. */
  ofEach<T>(make: (metric: ClipScores, clip: Int32Array) => T[]): T[] {
    const made = this.parts.map(([metric, clip]) => make(metric, clip));
    return made.length === 1 ? made[0] : made.flat();
  }
}

/** The places of numbers that are there. */
function present(values: Float64Array): Int32Array {
  const places = new Int32Array(values.length);
  let count = 0;
  for (let place = 0; place < values.length; place++)
    if (!Number.isNaN(values[place])) places[count++] = place;
  return places.subarray(0, count);
}

function joined(lists: readonly Int32Array[]): Int32Array {
  if (lists.length === 1) return lists[0];
  const whole = new Int32Array(lists.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const list of lists) {
    whole.set(list, at);
    at += list.length;
  }
  return whole;
}

/** The values at some places. */
function picked<T>(values: ArrayLike<T>, places: Int32Array): T[] {
  if (places.length === values.length && places.every((place, i) => place === i)) return Array.from(values);
  const found: T[] = [];
  for (const place of places) found.push(values[place]);
  return found;
}

/** Labels as `pass`; ratings as `rating`, those of several dimensions by their names. */
function judgedColumns({ judgements }: ClipsOfFile, rows: ScoredRows): Record<string, unknown[]> {
  const columns: Record<string, unknown[]> = {};
  const several = judgements.filter(({ ratings }) => ratings).length > 1;
  for (const own of judgements) {
    const of = (metric: ClipScores) => own.byMetric?.get(metric.name) ?? own;
    if (own.labels) {
      columns.pass = rows.ofEach<unknown>((metric, clip) => picked(of(metric).labels ?? [], clip));
    }
    if (own.ratings) {
      columns[several ? own.dimension : 'rating'] = rows.ofEach((metric, clip) =>
        picked(of(metric).ratings ?? [], clip).map((rating) => (Number.isNaN(rating) ? undefined : rating)),
      );
    }
  }
  return columns;
}

/** The file's columns that are not in the table yet. */
function otherColumns(
  { columns, parts, roles }: ScoreColumns,
  present: Readonly<Record<string, unknown[]>>,
  { row: rows }: ScoredRows,
): Record<string, unknown[]> {
  const id = roles.id.length === 1 ? roles.id : [];
  const used = new Set([...id, ...roles.score, roles.metric, roles.label, roles.rating, roles.path]);
  const others: Record<string, unknown[]> = {};
  for (const [column, values] of columns) {
    if (used.has(column) || (column === roles.by && column === 'group')) continue;
    const own = ownName(column, column === roles.prompt);
    const taken = Object.hasOwn(present, own) || Object.hasOwn(others, own);
    const list = parts.get(column);
    others[taken ? `${column} of the file` : own] = list
      ? Array.from(rows, (row) => list.map(({ values }) => values[row]))
      : picked(readAs(own, values), rows);
  }
  return others;
}

/** What a column is called in the table: those that are known of clips have one name. */
function ownName(column: string, isPrompt: boolean): string {
  const word = plain(column);
  if (isPrompt) return /^prompt(id|index)$/.test(word) ? 'promptId' : 'prompt';
  return textColumns.find((name) => plain(name) === word) ?? column;
}

/** Columns that stay text, whatever they look like. */
const textColumns: readonly string[] = ['dimension', 'annotator', ...clipColumns];

/** The values of a column, as they are read. */
function readAs(name: string, column: readonly unknown[]): readonly unknown[] {
  const isText = textColumns.includes(name);
  if (!isText && isNumeric(column) && !distinctOf(column).some(isLongInteger)) {
    return Array.from(numbersOf(column).values, (number) => (Number.isNaN(number) ? undefined : number));
  }
  return eachOnce(column, (value) => {
    if (isMissing(value)) return undefined;
    return isText || typeof value === 'string' || typeof value === 'bigint' ? textOf(value) : value;
  });
}

/** Files of which so many are not there are looked for no further. */
const triedPaths = 20;

/** Paths as they are found from here: relative ones may be meant from the file's own folder. */
function foundPaths(paths: readonly (string | undefined)[], folder: string | undefined) {
  if (folder === undefined) return paths;
  const relative = paths.filter((path) => path !== undefined && !isAbsolute(path)).slice(0, triedPaths);
  const isThere = (from: string) => relative.some((path) => existsSync(join(from, path!)));
  if (isThere('.') || !isThere(folder)) return paths;
  return paths.map((path) => (path === undefined || isAbsolute(path) ? path : join(folder, path)));
}

/** What is not there, counted. */
function missingLines({ missing, judgements, ids }: ClipsOfFile): string[] {
  const lines: string[] = [];
  if (missing.rows > 0) {
    lines.push(`${leftOutWords(missing.rows, ['score'])}, the first is row ${missing.first}`);
  }
  for (const { dimension, labels, ratings } of judgements) {
    const unlabelled = labels?.filter((label) => label === undefined).length ?? 0;
    const unrated = ratings?.filter(Number.isNaN).length ?? 0;
    if (unlabelled > 0) lines.push(`no label: ${unlabelled} of ${ids.length} clips`);
    if (unrated > 0) lines.push(`no rating (${dimension}): ${unrated} of ${ids.length} clips`);
  }
  return lines;
}

const listed = (columns: string | readonly string[] | undefined): readonly string[] | undefined =>
  typeof columns === 'string' ? [columns] : columns;
