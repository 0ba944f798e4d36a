import type { ColumnTable } from 'arquero';
import type { ClipFields } from '../tables/fields.js';
import { type VoteRow, votesOf } from './votes.js';

/** All votes on one clip in one dimension. */
export interface ClipVotes {
  clip: string;
  /** What is known of the clip besides its id. */
  fields: ClipFields;
  votes: { annotator: string; pass: boolean }[];
}

/**
 * The votes by dimension and clip, in the table's order.
 * @throws Error as `readVotes` does when the table is no votes table.
 */
export function groupVotes(operation: string, votes: ColumnTable): Map<string, ClipVotes[]> {
  const groups = new Map<string, Map<string, ClipVotes>>();
  for (const row of votesOf(operation, votes)) {
    const clips = groups.get(row.dimension) ?? new Map<string, ClipVotes>();
    groups.set(row.dimension, clips);
    const group = clips.get(row.clip) ?? { clip: row.clip, fields: fieldsOfClip(row), votes: [] };
    clips.set(row.clip, group);
    group.votes.push({ annotator: row.annotator, pass: row.pass });
  }
  return new Map([...groups].map(([dimension, clips]) => [dimension, [...clips.values()]]));
}

function fieldsOfClip({ path, prompt, promptId, generator }: VoteRow): ClipFields {
  return { path, prompt, promptId, generator };
}
