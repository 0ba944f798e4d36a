import { basename } from 'node:path';
import { type ColumnTable, table } from 'arquero';
import type { Codes } from '../tables/codes.js';
import type { Column, Columns } from '../tables/column.js';
import { columnsOf, readColumns, rowsOf } from '../tables/columnFile.js';
import { guessRoles } from '../tables/columnRoles.js';
import { type ClipFields, clipColumns, Fields, fieldsOf } from '../tables/fields.js';
import { writeTable } from '../tables/tableFile.js';
import type { TableOf } from '../tables/tableOf.js';
import { Picked } from '../tables/texts.js';
import { shortened, shown } from '../tables/vocabulary.js';
import { fromSheet } from './sheet.js';
import { isVoteLog, standingVotes } from './voteLog.js';

/** One annotator's vote on one dimension of one clip. */
export interface VoteRow extends ClipFields {
  /** Id of the clip. */
  clip: string;
  /** Who voted. */
  annotator: string;
  /** What the vote is about, such as `physics`. */
  dimension: string;
  /** The vote: true is Pass. */
  pass: boolean;
  /** The rating that the vote was made of. */
  rating?: number;
  /** What the annotator wrote beside it. */
  note?: string;
}

/**
 * Reads votes from a CSV, TSV, JSON (an array), JSON Lines or Arrow file, by its extension. Columns `clip` (or
 * `video`), `annotator`, `dimension` and `pass`, in the words Pass/Fail, true/false, yes/no or 1/0; or, with a
 * threshold, `rating`, of which `rating >= threshold` passes. `rating`, `note`, `path`, `prompt`, `promptId` (or
 * `prompt_id`) and `generator` are kept; other columns are not. The same vote given twice counts once. Of a file that
 * the annotator wrote, the votes that stand: nothing retracted or skipped, of an annotator's votes on a clip the last.
 * @returns a table with the columns `clip`, `annotator`, `dimension`, `pass` and those that are kept.
 * @throws Error that names file, row (from 1, without the header and blank lines), column and value of what is malformed: a missing
 * column or value, an unknown word, a rating that is not a finite number, a vote that contradicts an earlier one, a clip
 * with two paths, prompts or generators. Also for a file without rows or of an unknown format.
 */
export async function readVotes(
  file: string,
  { threshold }: { threshold?: number } = {},
): Promise<TableOf<VoteRow>> {
  checkThreshold('readVotes', threshold);
  const where = `readVotes: ${basename(file)}`;
  const columns = await readColumns('readVotes', file);
  const votes = isVoteLog(rowsOf(columns, 1))
    ? columnsOf(standingVotes(rowsOf(columns), where))
    : fromSheet(columns);
  const fields = new Fields(where, votes);
  if (!fields.has('annotator') && haveScores(votes)) {
    throw fields.failure(
      `has no column "annotator"; it looks like scores: read them by sr.data.readScores; it has ${[...votes.keys()].join(', ')}`,
    );
  }
  return tableOf(checkedVotes(fields, threshold));
}

/** Whether readScores would find scores in a table. */
function haveScores(columns: Columns): boolean {
  try {
    return guessRoles(columns, {}, '').score.length > 0;
  } catch {
    return false;
  }
}

/**
 * A votes table from objects.
 * @throws Error as `readVotes` does; also when there are no rows.
 */
export function votesTable(rows: readonly VoteRow[]): TableOf<VoteRow> {
  return tableOf(checkedVotes(new Fields('votesTable: the list', columnsOf(rows))));
}

/**
 * Writes votes in the format of the file's extension (as `readVotes`), which is replaced as a whole.
 * @throws Error when the table is not a votes table, or the file cannot be written.
 */
export async function writeVotes(file: string, votes: ColumnTable): Promise<void> {
  await writeTable('writeVotes', file, tableOf(votesOf('writeVotes', votes)));
}

/**
 * The votes of a table, checked.
 * @throws Error as `readVotes` does, in the name of the operation.
 */
export function votesOf(operation: string, votes: ColumnTable): CheckedVotes {
  return checkedTables.get(votes) ?? checkedVotes(fieldsOf(operation, votes));
}

/** The votes of tables that were made of checked ones: arquero changes no table that there is. */
const checkedTables = new WeakMap<ColumnTable, CheckedVotes>();

/** @throws RangeError when there is a threshold that is not a finite number. */
export function checkThreshold(operation: string, threshold: number | undefined): void {
  if (threshold !== undefined && !Number.isFinite(threshold)) {
    throw new RangeError(`${operation}: threshold must be a finite number, received ${threshold}`);
  }
}

/** Votes that were checked, by columns: of millions of them no object each. */
export interface CheckedVotes {
  /** The rows that count, ascending: each vote once. */
  rows: Int32Array;
  clip: Codes<string>;
  annotator: Codes<string>;
  dimension: Codes<string>;
  pass: Codes<boolean>;
  rating?: Codes<number | undefined>;
  note?: Codes<string | undefined>;
  /** What is known of each clip, by its code. */
  clips: ClipFields[];
}

/** The value of a row. */
export const decoded = <T>({ codes, values }: Codes<T>, row: number): T => values[codes[row]];

/** The votes among checked rows; with a threshold, the rating decides what passes. */
export function checkedVotes(fields: Fields, threshold?: number): CheckedVotes {
  if (fields.count === 0) throw fields.failure('has no rows');
  if (threshold === undefined && !fields.has('pass') && fields.has('rating')) {
    throw fields.failure('has ratings and no column "pass"; give a threshold: a rating from there on passes');
  }
  fields.require(['clip', 'annotator', 'dimension', threshold === undefined ? 'pass' : 'rating']);

  const names = (column: string) => fields.codes(column, (row) => fields.name(row, column));
  const texts = (column: string) =>
    fields.has(column) ? fields.codes(column, (row) => fields.text(row, column)) : undefined;
  const number = (row: number) => fields.number(row, 'rating');
  const isThere = (row: number) => fields.value(row, 'rating') !== undefined;
  const clip = names('clip');
  const votes: Omit<CheckedVotes, 'rows'> = {
    clip,
    annotator: names('annotator'),
    dimension: names('dimension'),
    pass:
      threshold === undefined
        ? fields.codes('pass', (row) => fields.pass(row, 'pass'))
        : fields.codes('rating', (row) => number(row) >= threshold),
    rating:
      threshold !== undefined || fields.has('rating')
        ? fields.codes('rating', (row) => (threshold !== undefined || isThere(row) ? number(row) : undefined))
        : undefined,
    note: threshold === undefined ? texts('note') : undefined,
    clips: fieldsOfClips(clip, fields),
  };
  return { ...votes, rows: distinctVotes(votes, fields, threshold) };
}

/** What the rows say of their clips. @throws where two rows say different things of one. */
function fieldsOfClips(clip: Codes<string>, fields: Fields): ClipFields[] {
  const [path, prompt, promptId, generator] = clipColumns.map((column) => textsOfClips(clip, column, fields));
  return clip.values.map((_, code) => {
    const known: ClipFields = {};
    if (path?.[code] !== undefined) known.path = path[code];
    if (prompt?.[code] !== undefined) known.prompt = prompt[code];
    if (promptId?.[code] !== undefined) known.promptId = promptId[code];
    if (generator?.[code] !== undefined) known.generator = generator[code];
    return known;
  });
}

/** What a column says of each clip. */
function textsOfClips(
  clip: Codes<string>,
  column: keyof ClipFields,
  fields: Fields,
): (string | undefined)[] | undefined {
  if (!fields.has(column)) return undefined;
  const { codes, values } = fields.codes(column, (row) => fields.text(row, column));
  const known = new Array<string | undefined>(clip.values.length).fill(undefined);
  for (let row = 0; row < fields.count; row++) {
    const value = values[codes[row]];
    const before = known[clip.codes[row]];
    if (value === undefined || value === before) continue;
    if (before !== undefined) {
      throw fields.error(
        row,
        column,
        `${shown(before)}, as in an earlier row of clip ${shown(decoded(clip, row))}`,
      );
    }
    known[clip.codes[row]] = value;
  }
  return known;
}

/**
 * The first row of each vote.
 * @throws Error when an annotator has judged a clip twice, and differently.
 */
function distinctVotes(
  votes: Omit<CheckedVotes, 'rows'>,
  fields: Fields,
  threshold: number | undefined,
): Int32Array {
  const { clip, annotator, dimension, pass, rating } = votes;
  const sameVote = (a: number, b: number) =>
    clip.codes[a] === clip.codes[b] &&
    annotator.codes[a] === annotator.codes[b] &&
    dimension.codes[a] === dimension.codes[b];
  // A table of rows by hash with open places; a Map of millions of keys would take several times the memory.
  const places = new Int32Array(2 ** Math.ceil(Math.log2(2 * fields.count + 1))).fill(-1);
  const rows: number[] = [];
  for (let row = 0; row < fields.count; row++) {
    let hash = Math.imul(clip.codes[row], 0x9e3779b1) ^ Math.imul(annotator.codes[row], 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15) ^ Math.imul(dimension.codes[row], 0xc2b2ae35), 0x27d4eb2f);
    let place = (hash ^ (hash >>> 13)) & (places.length - 1);
    while (places[place] >= 0 && !sameVote(places[place], row)) place = (place + 1) & (places.length - 1);
    const earlier = places[place];
    if (earlier < 0) {
      places[place] = row;
      rows.push(row);
      continue;
    }
    const samePass = decoded(pass, earlier) === decoded(pass, row);
    const sameRating = !rating || decoded(rating, earlier) === decoded(rating, row);
    if (samePass && sameRating) continue;
    const column = threshold === undefined && !samePass ? 'pass' : 'rating';
    throw fields.error(
      row,
      column,
      `the earlier vote of ${shown(decoded(annotator, row))} on ${shown(decoded(clip, row))}, ` +
        `${shortened(decoded(dimension, row))}: ` +
        `${column === 'pass' ? decoded(pass, earlier) : rating && decoded(rating, earlier)}`,
    );
  }
  return Int32Array.from(rows);
}

/** The columns of votes, without those that have no value. */
function columnsOfVotes({ rows, clips, clip, ...votes }: CheckedVotes): [string, Picked][] {
  const column = ({ codes, values }: Codes<unknown>) =>
    new Picked(values, rows.length === codes.length ? codes : rows.map((row) => codes[row]));
  const { annotator, dimension, pass, rating, note } = votes;
  const known = { clip, annotator, dimension, pass, ...(rating && { rating }), ...(note && { note }) };
  const ofClips = clipColumns.filter((name) => clips.some((fields) => fields[name] !== undefined));
  const all = [
    ...Object.entries<Codes<unknown>>(known).map(([name, codes]) => [name, column(codes)] as const),
    ...ofClips.map(
      (name) => [name, column({ codes: clip.codes, values: clips.map((fields) => fields[name]) })] as const,
    ),
  ];
  return all.filter(([, values]) => hasValue(values)).map(([name, values]) => [name, values]);
}

/** Whether some value is there. */
function hasValue(column: Column): boolean {
  for (let row = 0; row < column.length; row++) if (column.at(row) !== undefined) return true;
  return false;
}

/** Votes as objects. */
export function voteRows(votes: CheckedVotes): VoteRow[] {
  const columns = columnsOfVotes(votes);
  return Array.from(votes.rows, (_, i) => {
    const known = columns.filter(([, values]) => values.at(i) !== undefined);
    return Object.fromEntries(known.map(([name, values]) => [name, values.at(i)])) as unknown as VoteRow;
  });
}

function tableOf(votes: CheckedVotes): TableOf<VoteRow> {
  const made = table(columnsOfVotes(votes)) as ColumnTable;
  checkedTables.set(made, votes);
  return made as TableOf<VoteRow>;
}
