import { basename } from 'node:path';
import { type ColumnTable, table } from 'arquero';
import type { Row } from '../tables/columnFile.js';
import { type ClipFields, clipColumns, Fields, fieldsOf } from '../tables/fields.js';
import { readRows, writeTable } from '../tables/tableFile.js';
import type { TableOf } from '../tables/tableOf.js';
import { fromSheet } from './sheet.js';
import { isVoteLog, standingVotes } from './voteLog.js';

/** One annotator's vote on one dimension of one clip. */
export interface VoteRow extends ClipFields {
  clip: string;
  annotator: string;
  dimension: string;
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
 * column or value, an unknown word, a rating that is no finite number, a vote that contradicts an earlier one, a clip
 * with two paths, prompts or generators. Also for a file without rows or of an unknown format.
 */
export async function readVotes(
  file: string,
  { threshold }: { threshold?: number } = {},
): Promise<TableOf<VoteRow>> {
  checkThreshold('readVotes', threshold);
  const where = `readVotes: ${basename(file)}`;
  const rows = await readRows('readVotes', file);
  const votes = isVoteLog(rows) ? (standingVotes(rows, where) as object[] as Row[]) : fromSheet(rows);
  return tableOf(checkedVotes(new Fields(where, votes), threshold));
}

/**
 * A votes table from objects.
 * @throws Error as `readVotes` does; also when there are no rows.
 */
export function votesTable(rows: readonly VoteRow[]): TableOf<VoteRow> {
  return tableOf(checkedVotes(new Fields('votesTable: the list', rows as readonly object[] as Row[])));
}

/**
 * Writes votes in the format of the file's extension (as `readVotes`), which is replaced as a whole.
 * @throws Error when the table is no votes table, or the file cannot be written.
 */
export async function writeVotes(file: string, votes: ColumnTable): Promise<void> {
  await writeTable('writeVotes', file, tableOf(votesOf('writeVotes', votes)));
}

/**
 * The votes of a table, checked.
 * @throws Error as `readVotes` does, in the name of the operation.
 */
export function votesOf(operation: string, votes: ColumnTable): VoteRow[] {
  return checkedVotes(fieldsOf(operation, votes));
}

/** @throws RangeError when there is a threshold that is no finite number. */
export function checkThreshold(operation: string, threshold: number | undefined): void {
  if (threshold !== undefined && !Number.isFinite(threshold)) {
    throw new RangeError(`${operation}: threshold must be a finite number, received ${threshold}`);
  }
}

/** The votes among checked rows; with a threshold, the rating decides what passes. */
export function checkedVotes(fields: Fields, threshold?: number): VoteRow[] {
  if (fields.rows.length === 0) throw fields.failure('has no rows');
  if (threshold === undefined && !fields.has('pass') && fields.has('rating')) {
    throw fields.failure('has ratings and no column "pass"; give a threshold: a rating from there on passes');
  }
  fields.require(['clip', 'annotator', 'dimension', threshold === undefined ? 'pass' : 'rating']);

  const votes = new Map<string, VoteRow>();
  const clips = new Map<string, ClipFields>();
  for (let row = 0; row < fields.rows.length; row++) {
    const vote = voteOf(fields, row, threshold);
    keepClip(clips, vote.clip, fields, row);
    const key = JSON.stringify([vote.clip, vote.annotator, vote.dimension]);
    const earlier = votes.get(key);
    if (earlier === undefined) {
      votes.set(key, vote);
    } else if (earlier.pass !== vote.pass || earlier.rating !== vote.rating) {
      const column = threshold === undefined && earlier.pass !== vote.pass ? 'pass' : 'rating';
      throw fields.error(
        row,
        column,
        `the earlier vote of "${vote.annotator}" on "${vote.clip}", ${vote.dimension}: ${earlier[column]}`,
      );
    }
  }
  return [...votes.values()].map((vote) => ({ ...vote, ...clips.get(vote.clip) }));
}

function voteOf(fields: Fields, row: number, threshold: number | undefined): VoteRow {
  const vote = {
    clip: fields.name(row, 'clip'),
    annotator: fields.name(row, 'annotator'),
    dimension: fields.name(row, 'dimension'),
  };
  if (threshold !== undefined) {
    const rating = fields.number(row, 'rating');
    return { ...vote, pass: rating >= threshold, rating };
  }
  const pass = fields.pass(row, 'pass');
  const rated = fields.value(row, 'rating') !== undefined;
  const note = fields.text(row, 'note');
  return {
    ...vote,
    pass,
    ...(rated && { rating: fields.number(row, 'rating') }),
    ...(note !== undefined && { note }),
  };
}

/** Adds what the row says of its clip. */
function keepClip(clips: Map<string, ClipFields>, clip: string, fields: Fields, row: number): void {
  const known = clips.get(clip) ?? {};
  const given = fields.clip(row);
  for (const column of clipColumns) {
    if (known[column] !== undefined && given[column] !== undefined && known[column] !== given[column]) {
      throw fields.error(row, column, `"${known[column]}", as in an earlier row of clip "${clip}"`);
    }
  }
  clips.set(clip, { ...known, ...given });
}

function tableOf(votes: readonly VoteRow[]): TableOf<VoteRow> {
  const optional = (['rating', 'note', ...clipColumns] as const).filter((column) =>
    votes.some((vote) => vote[column] !== undefined),
  );
  const columns = ['clip', 'annotator', 'dimension', 'pass', ...optional] as const;
  const values = columns.map((column) => [column, votes.map((vote) => vote[column])] as [string, unknown[]]);
  return table(values) as ColumnTable as TableOf<VoteRow>;
}
