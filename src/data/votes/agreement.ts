import { type ColumnTable, from } from 'arquero';
import { type BootstrapOptions, bootstrap, bootstrapKinds, type Interval } from '../../base/bootstrap.js';
import type { TableOf } from '../tables/tableOf.js';
import {
  type AgreementSums,
  alphaOf,
  type ItemCounts,
  kappaOf,
  rawAgreementOf,
  sumAgreement,
} from './agreementMeasures.js';
import { type CheckedVotes, decoded, votesOf } from './votes.js';

/** One measure of one dimension. */
export interface AgreementRow extends Interval {
  /** What the votes are about. */
  dimension: string;
  /** What was measured. */
  measure: "Krippendorff's alpha" | "Fleiss' kappa" | 'raw agreement';
  /** How many there are. */
  clips: number;
  /** Annotators who voted. */
  annotators: number;
}

/**
 * How far annotators agree, by dimension: Krippendorff's alpha, Fleiss' kappa and raw agreement, over the clips that
 * two or more have judged.
 * @param options `dimension`: one alone, default all; `samples` of the bootstrap, default 1000; its `seed`, default 0.
 * @returns a table with the columns `dimension`, `measure`, `value`, `low` and `high` (percentile bootstrap 95%
 * interval over clips), `clips` and `annotators` (how many there are). alpha and kappa are NaN where all votes are the
 * same; samples of which that is true are left out of the interval.
 * @throws Error when the table is not a votes table, a dimension is not there, or none of its clips has two votes;
 * RangeError when `samples` is not a whole number from 1 on.
 */
export function agreement(
  votes: ColumnTable,
  { dimension, ...options }: { dimension?: string } & BootstrapOptions = {},
): TableOf<AgreementRow> {
  const groups = countsByDimension(votesOf('agreement', votes));
  if (dimension !== undefined && !groups.has(dimension)) {
    throw new Error(
      `agreement: no vote is on the dimension "${dimension}"; the table has ${[...groups.keys()].join(', ')}`,
    );
  }
  const names = dimension === undefined ? [...groups.keys()] : [dimension];
  const rows = names.flatMap((name) => rowsOf(name, groups.get(name) as Judged, options));
  return from(rows) as TableOf<AgreementRow>;
}

/** The clips that two or more have judged in a dimension, in the order of their first votes. */
interface Judged {
  counts: ItemCounts[];
  annotators: number;
}

function countsByDimension({ rows, clip, annotator, dimension, pass }: CheckedVotes): Map<string, Judged> {
  return new Map(
    dimension.values.map((name, code): [string, Judged] => {
      const all = new Uint32Array(clip.values.length);
      const passing = new Uint32Array(clip.values.length);
      const order: number[] = [];
      for (const row of rows) {
        if (dimension.codes[row] !== code) continue;
        const of = clip.codes[row];
        if (all[of]++ === 0) order.push(of);
        if (decoded(pass, row)) passing[of]++;
      }
      const annotators = new Set<number>();
      for (const row of rows) {
        if (dimension.codes[row] === code && all[clip.codes[row]] > 1) annotators.add(annotator.codes[row]);
      }
      const judged = order.filter((of) => all[of] > 1);
      return [
        name,
        {
          counts: judged.map((of) => ({ votes: all[of], pass: passing[of] })),
          annotators: annotators.size,
        },
      ];
    }),
  );
}

/** From so many clips on their numbers of each kind are drawn at once; one by one it takes seconds for each 100,000. */
const many = 50_000;

function rowsOf(
  dimension: string,
  { counts, annotators }: Judged,
  options: BootstrapOptions,
): AgreementRow[] {
  if (counts.length === 0) {
    throw new Error(
      `agreement: no clip has the votes of two annotators on "${dimension}"; choose another dimension or let more vote`,
    );
  }
  const kinds = kindsOf(counts);
  const measures =
    counts.length < many
      ? bootstrap(
          counts.length,
          (drawn) => measuresOf(sumAgreement(Array.from(drawn, (clip) => counts[clip]))),
          options,
        )
      : bootstrapKinds(
          kinds.map(({ times }) => times),
          (times) =>
            measuresOf(
              sumAgreement(
                kinds.map(({ item }) => item),
                times,
              ),
            ),
          options,
        );
  const names = Object.keys(measures) as AgreementRow['measure'][];
  return names.map((measure) => ({
    dimension,
    measure,
    ...measures[measure],
    clips: counts.length,
    annotators,
  }));
}

const measuresOf = (sums: AgreementSums) => ({
  "Krippendorff's alpha": alphaOf(sums),
  "Fleiss' kappa": kappaOf(sums),
  'raw agreement': rawAgreementOf(sums),
});

/** The different counts, and how many clips have each. */
function kindsOf(counts: readonly ItemCounts[]): { item: ItemCounts; times: number }[] {
  const kinds = new Map<string, { item: ItemCounts; times: number }>();
  for (const item of counts) {
    const key = `${item.votes} ${item.pass}`;
    const kind = kinds.get(key);
    if (kind) kind.times++;
    else kinds.set(key, { item, times: 1 });
  }
  return [...kinds.values()];
}
