import { type ColumnTable, from } from 'arquero';
import { Random } from '../base/random.js';
import {
  type AgreementSums,
  alphaOf,
  type ItemCounts,
  kappaOf,
  rawAgreementOf,
  sumAgreement,
} from './agreementMeasures.js';
import { type ClipVotes, groupVotes } from './groupVotes.js';

const measures: Record<string, (sums: AgreementSums) => number> = {
  "Krippendorff's alpha": alphaOf,
  "Fleiss' kappa": kappaOf,
  'raw agreement': rawAgreementOf,
};

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
  { dimension, samples = 1000, seed = 0 }: { dimension?: string; samples?: number; seed?: number } = {},
): ColumnTable {
  if (!(Number.isInteger(samples) && samples >= 1)) {
    throw new RangeError(`agreement: samples must be a whole number from 1 on, received ${samples}`);
  }
  const groups = groupVotes('agreement', votes);
  if (dimension !== undefined && !groups.has(dimension)) {
    throw new Error(
      `agreement: no vote is on the dimension "${dimension}"; the table has ${[...groups.keys()].join(', ')}`,
    );
  }
  const names = dimension === undefined ? [...groups.keys()] : [dimension];
  return from(names.flatMap((name) => rowsOf(name, groups.get(name) as ClipVotes[], samples, seed)));
}

function rowsOf(dimension: string, group: readonly ClipVotes[], samples: number, seed: number): object[] {
  const judged = group.filter(({ votes }) => votes.length > 1);
  if (judged.length === 0) {
    throw new Error(
      `agreement: no clip has the votes of two annotators on "${dimension}"; choose another dimension or let more vote`,
    );
  }
  const annotators = new Set(judged.flatMap(({ votes }) => votes.map(({ annotator }) => annotator))).size;
  const { kinds, kindOf } = kindsOf(judged);
  const resamples = resample(kindOf, kinds, samples, new Random(seed));
  const all = sumAgreement(kindOf.map((kind) => kinds[kind]));
  return Object.entries(measures).map(([measure, compute]) => {
    const { low, high } = interval(resamples.map(compute));
    return { dimension, measure, value: compute(all), low, high, clips: judged.length, annotators };
  });
}

/** The distinct counts of votes, which are few, and for each clip which of them it has. */
function kindsOf(group: readonly ClipVotes[]): { kinds: ItemCounts[]; kindOf: number[] } {
  const kinds: ItemCounts[] = [];
  const numbers = new Map<string, number>();
  const kindOf = group.map(({ votes }) => {
    const counts = { votes: votes.length, pass: votes.filter(({ pass }) => pass).length };
    const key = `${counts.pass}/${counts.votes}`;
    const number = numbers.get(key) ?? kinds.push(counts) - 1;
    numbers.set(key, number);
    return number;
  });
  return { kinds, kindOf };
}

/** Sums of as many clips, drawn with replacement. */
function resample(kindOf: number[], kinds: ItemCounts[], samples: number, random: Random): AgreementSums[] {
  return Array.from({ length: samples }, () => {
    const times = new Int32Array(kinds.length);
    for (let draw = 0; draw < kindOf.length; draw++) times[kindOf[random.integer(kindOf.length)]]++;
    return sumAgreement(kinds, (kind) => times[kind]);
  });
}

/** 2.5% and 97.5% quantiles of the defined values, linear between neighbours. */
function interval(values: readonly number[]): { low: number; high: number } {
  const sorted = Float64Array.from(values.filter((value) => !Number.isNaN(value))).sort();
  const quantile = (share: number) => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
  };
  return sorted.length === 0
    ? { low: Number.NaN, high: Number.NaN }
    : { low: quantile(0.025), high: quantile(0.975) };
}
