import { type ColumnTable, from } from 'arquero';
import { type BootstrapOptions, bootstrap, type Interval } from '../../base/bootstrap.js';
import type { TableOf } from '../tables/tableOf.js';
import { alphaOf, kappaOf, rawAgreementOf, sumAgreement } from './agreementMeasures.js';
import { type ClipVotes, groupVotes } from './groupVotes.js';

/** One measure of one dimension. */
export interface AgreementRow extends Interval {
  dimension: string;
  measure: "Krippendorff's alpha" | "Fleiss' kappa" | 'raw agreement';
  /** How many there are. */
  clips: number;
  annotators: number;
}

/**
 * How far annotators agree, by dimension: Krippendorff's alpha, Fleiss' kappa and raw agreement, over the clips that
 * two or more have judged.
 * @param options `dimension`: one alone, default all; `samples` of the bootstrap, default 1000; its `seed`, default 0.
 * @returns a table with the columns `dimension`, `measure`, `value`, `low` and `high` (percentile bootstrap 95%
 * interval over clips), `clips` and `annotators` (how many there are). alpha and kappa are NaN where all votes are the
 * same; samples of which that is true are left out of the interval.
 * @throws Error when the table is no votes table, a dimension is not there, or none of its clips has two votes;
 * RangeError when `samples` is no whole number from 1 on.
 */
export function agreement(
  votes: ColumnTable,
  { dimension, ...options }: { dimension?: string } & BootstrapOptions = {},
): TableOf<AgreementRow> {
  const groups = groupVotes('agreement', votes);
  if (dimension !== undefined && !groups.has(dimension)) {
    throw new Error(
      `agreement: no vote is on the dimension "${dimension}"; the table has ${[...groups.keys()].join(', ')}`,
    );
  }
  const names = dimension === undefined ? [...groups.keys()] : [dimension];
  const rows = names.flatMap((name) => rowsOf(name, groups.get(name) as ClipVotes[], options));
  return from(rows) as TableOf<AgreementRow>;
}

function rowsOf(dimension: string, group: readonly ClipVotes[], options: BootstrapOptions): AgreementRow[] {
  const judged = group.filter(({ votes }) => votes.length > 1);
  if (judged.length === 0) {
    throw new Error(
      `agreement: no clip has the votes of two annotators on "${dimension}"; choose another dimension or let more vote`,
    );
  }
  const annotators = new Set(judged.flatMap(({ votes }) => votes.map(({ annotator }) => annotator))).size;
  const counts = judged.map(({ votes }) => ({
    votes: votes.length,
    pass: votes.filter(({ pass }) => pass).length,
  }));
  const measures = bootstrap(
    counts.length,
    (drawn) => {
      const sums = sumAgreement(Array.from(drawn, (clip) => counts[clip]));
      return {
        "Krippendorff's alpha": alphaOf(sums),
        "Fleiss' kappa": kappaOf(sums),
        'raw agreement': rawAgreementOf(sums),
      };
    },
    options,
  );
  const names = Object.keys(measures) as AgreementRow['measure'][];
  return names.map((measure) => ({
    dimension,
    measure,
    ...measures[measure],
    clips: judged.length,
    annotators,
  }));
}
