import type { ColumnTable } from 'arquero';
import { countVotes } from './countVotes.js';
import { dawidSkene } from './dawidSkene.js';
import { type Label, type LabelTable, labelsTable } from './labels.js';

/** How votes become a label. */
export type AggregationMethod = 'majority' | 'unanimous' | 'dawid-skene';

/**
 * Makes one label of the votes on each clip and dimension.
 *
 * | method | pass | confidence |
 * | --- | --- | --- |
 * | `majority` | more than half of the votes pass; a tie fails | share of votes on that side |
 * | `unanimous` | all votes pass; a clip on which votes differ has no label | 1 |
 * | `dawid-skene` | the posterior of `dawidSkene` is above 1/2 | posterior of that side |
 *
 * @returns a table with the columns `clip`, `dimension`, `pass`, `confidence`, `votes` (how many) and the clip's; `of(dimension)` gives the
 *   labels of one dimension.
 * @throws Error when the table is not a votes table, or no clip is unanimous; RangeError for another method.
 */
export function aggregate(votes: ColumnTable, { method }: { method: AggregationMethod }): LabelTable {
  switch (method) {
    case 'majority':
      return labelsTable(majority(votes));
    case 'unanimous': {
      const unanimous = majority(votes).filter(({ confidence }) => confidence === 1);
      if (unanimous.length === 0) {
        throw new Error("aggregate: no clip has unanimous votes; use the method 'majority' or 'dawid-skene'");
      }
      return labelsTable(unanimous);
    }
    case 'dawid-skene':
      return dawidSkene(votes).labels;
    default:
      throw new RangeError(
        `aggregate: method must be 'majority', 'unanimous' or 'dawid-skene', received ${JSON.stringify(method)}`,
      );
  }
}

function majority(votes: ColumnTable): Label[] {
  return countVotes('aggregate', votes).map(({ clip, fields, dimension, votes: count, passing }) => {
    const share = passing / count;
    return {
      clip,
      fields,
      dimension,
      pass: share > 0.5,
      confidence: Math.max(share, 1 - share),
      votes: count,
    };
  });
}
