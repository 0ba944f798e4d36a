import type { Row } from '../tables/columnFile.js';
import { type ClipFields, clipColumns } from '../tables/fields.js';
import { shown } from '../tables/vocabulary.js';

interface EventFields {
  /** Unique; a line that is written twice counts once. */
  id: string;
  clip: string;
  annotator: string;
  dimension: string;
}

interface JudgementFields extends EventFields, ClipFields {
  note?: string;
}

/** A vote of a vote log. */
export interface VoteEvent extends JudgementFields {
  event: 'vote';
  pass: boolean;
}

/** A clip that an annotator has passed over without a vote. */
export interface SkipEvent extends JudgementFields {
  event: 'skip';
}

/** Takes back the vote or the skip that has the id `retracts`. */
export interface RetractEvent extends EventFields {
  event: 'retract';
  retracts: string;
}

/** A line of a vote log, the append-only file that the annotator writes; other columns are kept as they are. */
export type VoteLogEvent = VoteEvent | SkipEvent | RetractEvent;

const kinds = ['vote', 'skip', 'retract'];

/** Whether the rows are a vote log: their first says by `event` what it is. */
export function isVoteLog(rows: readonly Row[]): boolean {
  return kinds.includes(rows[0]?.event as string);
}

/**
 * The event of a row.
 * @param place file and line, for the error.
 * @throws Error that names the place, the column and the value of what is malformed.
 */
export function voteLogEvent(row: Row, place: string): VoteLogEvent {
  const check = (column: string, expected: string, good: boolean) => {
    if (!good) {
      throw new Error(`${place}, column "${column}": expected ${expected}, received ${shown(row[column])}`);
    }
  };
  const isText = (value: unknown) => typeof value === 'string' && value.trim() !== '';
  check('event', 'vote, skip or retract', kinds.includes(row.event as string));
  for (const column of ['id', 'clip', 'annotator', 'dimension']) check(column, 'text', isText(row[column]));
  if (row.event === 'vote') check('pass', 'true or false', typeof row.pass === 'boolean');
  if (row.event === 'retract') check('retracts', 'the id of an earlier line', isText(row.retracts));
  for (const column of ['note', ...clipColumns]) {
    check(column, 'text', row[column] === undefined || typeof row[column] === 'string');
  }
  return row as unknown as VoteLogEvent;
}

/**
 * The votes and skips that stand, in the order of the log: what is retracted is gone, and of what is left the last of
 * an annotator on a clip and dimension counts. A clip's path is its latest one, since files are moved.
 */
export function standing(events: readonly VoteLogEvent[]): (VoteEvent | SkipEvent)[] {
  const retracted = new Set(events.flatMap((event) => (event.event === 'retract' ? event.retracts : [])));
  const last = new Map<string, VoteEvent | SkipEvent>();
  const paths = new Map<string, string>();
  for (const event of events) {
    if (event.event === 'retract') continue;
    if (event.path !== undefined) paths.set(event.clip, event.path);
    if (retracted.has(event.id)) continue;
    const key = JSON.stringify([event.clip, event.annotator, event.dimension]);
    last.delete(key); // so that it moves to the end
    last.set(key, event);
  }
  return [...last.values()].map((event) => {
    const path = paths.get(event.clip);
    return path === undefined ? event : { ...event, path };
  });
}

/**
 * The votes that stand among the rows of a vote log.
 * @param where operation and file, for the errors.
 * @throws Error that names the row of a malformed line; also when no vote stands.
 */
export function standingVotes(rows: readonly Row[], where: string): VoteEvent[] {
  const events = rows.map((row, i) => voteLogEvent(row, `${where} row ${i + 1}`));
  const votes = standing(events).filter((event) => event.event === 'vote');
  if (votes.length === 0)
    throw new Error(`${where} has no votes: its clips are skipped or their votes retracted`);
  return votes;
}
