import type { ColumnTable } from 'arquero';
import type { ClipFields } from '../tables/fields.js';
import { votesOf } from './votes.js';

/** How the votes on a clip in one dimension are divided. */
export interface VoteCount {
  clip: string;
  /** What is known of the clip besides its id. */
  fields: ClipFields;
  dimension: string;
  votes: number;
  /** How many of them pass. */
  passing: number;
}

/**
 * Counts the votes on each clip by dimension, in the table's order.
 * @throws Error as `readVotes` does when the table is not a votes table.
 */
export function countVotes(operation: string, votes: ColumnTable): VoteCount[] {
  const { rows, clip, dimension, pass, clips } = votesOf(operation, votes);
  const counts: VoteCount[] = [];
  /** By clip: the count of the dimension that is counted, where it is not below `first`, that of an earlier one. */
  const placeOf = new Int32Array(clip.values.length).fill(-1);
  for (const ofDimension of byCode(rows, dimension.codes, dimension.values.length)) {
    const first = counts.length;
    for (const row of ofDimension) {
      const code = clip.codes[row];
      if (placeOf[code] < first) {
        placeOf[code] = counts.length;
        counts.push({
          clip: clip.values[code],
          fields: clips[code],
          dimension: dimension.values[dimension.codes[row]],
          votes: 0,
          passing: 0,
        });
      }
      const count = counts[placeOf[code]];
      count.votes++;
      if (pass.values[pass.codes[row]]) count.passing++;
    }
  }
  return counts;
}

/** Rows by their code, in the order of both. */
function byCode(rows: Int32Array, codes: Int32Array, count: number): Int32Array[] {
  const ends = new Int32Array(count);
  for (const row of rows) ends[codes[row]]++;
  for (let code = 1; code < count; code++) ends[code] += ends[code - 1];
  const starts = Int32Array.from(ends, (_, code) => (code === 0 ? 0 : ends[code - 1]));
  const places = starts.slice();
  const sorted = new Int32Array(rows.length);
  for (const row of rows) sorted[places[codes[row]]++] = row;
  return Array.from(starts, (start, code) => sorted.subarray(start, ends[code]));
}
