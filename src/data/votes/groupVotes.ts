import type { ColumnTable } from 'arquero';
import type { ClipFields } from '../tables/fields.js';
import { decoded, votesOf } from './votes.js';

/** All votes on one clip in one dimension. */
export interface ClipVotes {
  clip: string;
  /** What is known of the clip besides its id. */
  fields: ClipFields;
  votes: { annotator: string; pass: boolean }[];
}

/**
 * The votes by dimension and clip, in the table's order.
 * @throws Error as `readVotes` does when the table is not a votes table.
 */
export function groupVotes(operation: string, votes: ColumnTable): Map<string, ClipVotes[]> {
  const { rows, clip, annotator, dimension, pass, clips } = votesOf(operation, votes);
  const groups = new Map<string, Map<number, ClipVotes>>();
  for (const row of rows) {
    const name = decoded(dimension, row);
    const ofDimension = groups.get(name) ?? new Map<number, ClipVotes>();
    groups.set(name, ofDimension);
    const code = clip.codes[row];
    const group = ofDimension.get(code) ?? { clip: clip.values[code], fields: clips[code], votes: [] };
    ofDimension.set(code, group);
    group.votes.push({ annotator: decoded(annotator, row), pass: decoded(pass, row) });
  }
  return new Map([...groups].map(([name, ofDimension]) => [name, [...ofDimension.values()]]));
}
