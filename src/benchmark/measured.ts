import { type BootstrapOptions, bootstrap, type Interval } from '../base/bootstrap.js';

/** How well scores agree with people, by one rule. */
export interface Measure {
  metric: string;
  /** How it is counted, in words. */
  rule: string;
  /** Pairs or clips that count. */
  n: number;
  /** Up to which difference scores are equal, or from which score on a clip is high; of two halves one each. */
  thresholds: readonly number[];
  /** Its value where each item counts as often as its weight; NaN where it has none. */
  of(weights: Float64Array): number;
}

/** The items of a dimension, and what is measured of them. */
export interface Block {
  dimension: string;
  /** Of the scores. */
  score: string;
  /** Ties of people among the items; none where no pairs are compared. */
  ties?: number;
  /** The clusters of each item: one, or two of a pair of clips of two prompts. */
  clusters: readonly (readonly string[])[];
  measures: readonly Measure[];
}

/** One value with its 95% interval, and all that is needed to compare it with another. */
export interface BenchmarkRow extends Interval {
  /** What people were asked. */
  dimension: string;
  /** Which of the scores judged it. */
  score: string;
  /** What was measured. */
  metric: string;
  /** How it is counted, in words. */
  rule: string;
  /** Pairs or clips that count. */
  n: number;
  /** Ties of people among the pairs that have scores, whether or not the rule counts them. */
  ties?: number;
  /** Prompts, which are drawn for the interval. */
  prompts: number;
  /** Up to which difference scores are equal, or from which score on a clip is high; of two halves one each. */
  thresholds: readonly number[];
}

/**
 * The values of all blocks, each with the percentile bootstrap's 95% interval over clusters, the same draws for all of them. An item
 * of two clusters counts as often as the product of their draws (the pigeonhole bootstrap, Owen 2007). A single
 * cluster gives no interval.
 * @param means whether the means of what all blocks measure are rows too
 */
export function measured(
  blocks: readonly Block[],
  { means = false, ...options }: BootstrapOptions & { means?: boolean } = {},
): BenchmarkRow[] {
  const places = new Map<string, number>();
  for (const cluster of blocks.flatMap((block) => block.clusters.flat()))
    if (!places.has(cluster)) places.set(cluster, places.size);
  const placesOf = (clusters: Block['clusters'], side: 'first' | 'last') =>
    Uint32Array.from(clusters, (own) => places.get(own[side === 'first' ? 0 : own.length - 1]) as number);
  const indexed = blocks.map(({ clusters }) => [placesOf(clusters, 'first'), placesOf(clusters, 'last')]);
  const common = means && blocks.length > 1 ? commonMeasures(blocks) : [];
  const intervals = bootstrap(
    places.size,
    (drawn) => {
      const times = new Uint32Array(places.size);
      for (const cluster of drawn) times[cluster]++;
      const values: Record<string, number> = {};
      blocks.forEach(({ measures }, b) => {
        const [first, last] = indexed[b];
        const weights = new Float64Array(first.length);
        for (let item = 0; item < weights.length; item++)
          weights[item] = times[first[item]] * (first[item] === last[item] ? 1 : times[last[item]]);
        for (const measure of measures) values[keyOf(b, measure)] = measure.of(weights);
      });
      for (const measure of common)
        values[keyOf('mean', measure)] = mean(blocks.map((_, b) => values[keyOf(b, measure)]));
      return values;
    },
    options,
  );
  const shown = ({ value, low, high }: Interval): Interval =>
    places.size > 1 ? { value, low, high } : { value, low: Number.NaN, high: Number.NaN };
  const rows = blocks.flatMap(({ dimension, score, ties, clusters, measures }, b) =>
    measures.map(
      ({ of: _, ...measure }): BenchmarkRow => ({
        ...{ dimension, score, ...measure, ...shown(intervals[keyOf(b, measure)]) },
        ...(ties !== undefined && { ties }),
        prompts: new Set(clusters.flat()).size,
      }),
    ),
  );
  const meanRows = common.map(
    ({ of: _, ...measure }): BenchmarkRow => ({
      ...{
        dimension: 'mean of the dimensions',
        score: [...new Set(blocks.map(({ score }) => score))].join(', '),
      },
      ...{ ...measure, ...shown(intervals[keyOf('mean', measure)]), thresholds: [], prompts: places.size },
      n: Math.min(...blocks.map((block) => block.measures.find(isLike(measure))?.n ?? 0)),
    }),
  );
  return [...rows, ...meanRows];
}

type Rule = Pick<Measure, 'metric' | 'rule'>;
const keyOf = (block: number | 'mean', { metric, rule }: Rule): string => `${block} ${metric} ${rule}`;
const isLike =
  ({ metric, rule }: Rule) =>
  (other: Rule): boolean =>
    other.metric === metric && other.rule === rule;

/** What every block measures. */
const commonMeasures = ([first, ...others]: readonly Block[]): Measure[] =>
  first.measures.filter((measure) => others.every(({ measures }) => measures.some(isLike(measure))));

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
