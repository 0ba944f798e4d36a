import { type ColumnTable, table } from 'arquero';
import { clipColumns } from '../tables/fields.js';
import type { ClipVotes } from './groupVotes.js';

/** What the votes on a clip in one dimension were made into. */
export interface Label {
  item: ClipVotes;
  dimension: string;
  pass: boolean;
  /** From 0 to 1: share or posterior of the winning side. */
  confidence: number;
}

/** A table with the columns `clip`, `dimension`, `pass`, `confidence`, `votes` (how many) and those known of clips. */
export function labelsTable(labels: readonly Label[]): ColumnTable {
  const known = clipColumns.filter((column) => labels.some(({ item }) => item.fields[column] !== undefined));
  return table({
    clip: labels.map(({ item }) => item.clip),
    dimension: labels.map(({ dimension }) => dimension),
    pass: labels.map(({ pass }) => pass),
    confidence: labels.map(({ confidence }) => confidence),
    votes: labels.map(({ item }) => item.votes.length),
    ...Object.fromEntries(known.map((column) => [column, labels.map(({ item }) => item.fields[column])])),
  });
}
