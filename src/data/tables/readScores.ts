import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { table } from 'arquero';
import { host, mime } from '../../base/host.js';
import { leftOutWords } from '../../base/missing.js';
import { eachOnce } from './codes.js';
import type { Column } from './column.js';
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
import { isTexts, Picked } from './texts.js';
import {
  arePlain,
  hasLongInteger,
  isMissing,
  isNumeric,
  namesOf,
  numbersOf,
  plain,
  textOf,
} from './vocabulary.js';

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
  const columns: Record<string, Column> = {
    clip: picked(clips.ids, rows.clip),
    ...((clips.metrics.length > 1 || clips.roles.metric) && {
      metric: rows.ofEach(({ name }, { length }) => new Array<string>(length).fill(name)),
    }),
    score: rows.ofEach(({ values }, clip) => numbersAt(clip, values)),
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
    const rows = this.parts.map(([metric, clip]) => rowsOf(metric, clip));
    this.clip = joined(this.parts.map(([, clip]) => clip));
    this.row = joined(rows);
  }

  /** What is made of the clips of each metric, one after another. */
  ofEach(make: (metric: ClipScores, clip: Int32Array) => Column): Column {
    const made = this.parts.map(([metric, clip]) => make(metric, clip));
    return made.length === 1 ? made[0] : made.flatMap((column) => Array.from(column));
  }
}

/** The rows of some clips' scores, from 0. */
function rowsOf({ rows }: ClipScores, clip: Int32Array): Int32Array {
  const found = new Int32Array(clip.length);
  for (let i = 0; i < clip.length; i++) found[i] = rows[clip[i]] - 1;
  return found;
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

/** The values at some places; texts are made when they are asked for. */
function picked(values: Column, places: Int32Array): Column {
  if (areAll(places, values.length)) return values;
  if (isTexts(values) || values instanceof Picked) return new Picked(values, places);
  const list = Array.isArray(values) ? (values as unknown[]) : Array.from(values);
  const found = new Array<unknown>(places.length);
  for (let i = 0; i < found.length; i++) found[i] = list[places[i]];
  return found;
}

/** The numbers at some places; undefined where there is none. */
function numbersAt(places: Int32Array, values: Float64Array): (number | undefined)[] {
  const found = new Array<number | undefined>(places.length);
  for (let i = 0; i < found.length; i++) {
    const number = values[places[i]];
    found[i] = Number.isNaN(number) ? undefined : number;
  }
  return found;
}

/** Whether some places are all that there are, in their order. */
function areAll(places: Int32Array, length: number): boolean {
  if (places.length !== length) return false;
  for (let i = 0; i < length; i++) if (places[i] !== i) return false;
  return true;
}

/** Labels as `pass`; ratings as `rating`, those of several dimensions by their names. */
function judgedColumns({ judgements }: ClipsOfFile, rows: ScoredRows): Record<string, Column> {
  const columns: Record<string, Column> = {};
  const several = judgements.filter(({ ratings }) => ratings).length > 1;
  for (const own of judgements) {
    const of = (metric: ClipScores) => own.byMetric?.get(metric.name) ?? own;
    if (own.labels) {
      columns.pass = rows.ofEach((metric, clip) => picked(of(metric).labels!, clip));
    }
    if (own.ratings) {
      columns[several ? own.dimension : 'rating'] = rows.ofEach((metric, clip) =>
        numbersAt(clip, of(metric).ratings!),
      );
    }
  }
  return columns;
}

/** The file's columns that are not in the table yet. */
function otherColumns(
  { columns, parts, roles }: ScoreColumns,
  present: Readonly<Record<string, Column>>,
  { row: rows }: ScoredRows,
): Record<string, Column> {
  const id = roles.id.length === 1 ? roles.id : [];
  const used = new Set([...id, ...roles.score, roles.metric, roles.label, roles.rating, roles.path]);
  const others: Record<string, Column> = {};
  for (const [column, values] of columns) {
    if (used.has(column) || (column === roles.by && column === 'group')) continue;
    const own = ownName(column, column === roles.prompt);
    const taken = Object.hasOwn(present, own) || Object.hasOwn(others, own);
    const list = parts.get(column);
    others[taken ? `${column} of the file` : own] = list
      ? Array.from(rows, (row) => list.map(({ values }) => values[row]))
      : readAs(own, values, rows);
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

/** The values of a column in some rows, as they are read. */
function readAs(name: string, column: Column, rows: Int32Array): Column {
  const isText = textColumns.includes(name);
  if (!isText && isNumeric(column) && !hasLongInteger(column))
    return numbersAt(rows, numbersOf(column).values);
  if (isTexts(column) && arePlain(column)) return picked(column, rows);
  const read = eachOnce(column, (value) => {
    if (isMissing(value)) return undefined;
    return isText || typeof value === 'string' || typeof value === 'bigint' ? textOf(value) : value;
  });
  return picked(read, rows);
}

/** Files of which so many are not there are looked for no further. */
const triedPaths = 20;

/** Paths as they are found from here: relative ones may be meant from the file's own folder. */
function foundPaths(given: Column, folder: string | undefined): Column {
  if (folder === undefined) return given;
  const relative: string[] = [];
  const paths = given as Iterable<string | undefined>;
  for (const path of paths) {
    if (path !== undefined && !isAbsolute(path)) relative.push(path);
    if (relative.length === triedPaths) break;
  }
  const isThere = (from: string) => relative.some((path) => existsSync(join(from, path)));
  if (isThere('.') || !isThere(folder)) return given;
  return Array.from(paths, (path) => (path === undefined || isAbsolute(path) ? path : join(folder, path)));
}

/** What is not there, counted. */
function missingLines({ missing, judgements, ids }: ClipsOfFile): string[] {
  const lines: string[] = [];
  if (missing.rows > 0) {
    lines.push(`${leftOutWords(missing.rows, ['score'])}, the first is row ${missing.first}`);
  }
  for (const { dimension, labels, ratings } of judgements) {
    let [unlabelled, unrated] = [0, 0];
    for (let i = 0; labels && i < labels.length; i++) if (labels[i] === undefined) unlabelled++;
    for (let i = 0; ratings && i < ratings.length; i++) if (Number.isNaN(ratings[i])) unrated++;
    if (unlabelled > 0) lines.push(`no label: ${unlabelled} of ${ids.length} clips`);
    if (unrated > 0) lines.push(`no rating (${dimension}): ${unrated} of ${ids.length} clips`);
  }
  return lines;
}

const listed = (columns: string | readonly string[] | undefined): readonly string[] | undefined =>
  typeof columns === 'string' ? [columns] : columns;
