import { binomial } from './binomial.js';
import { quantile } from './quantile.js';
import { Random } from './random.js';

/** A value with its 95% interval; `low` and `high` are NaN where it is undefined in every draw. */
export interface Interval {
  /** The value itself. */
  value: number;
  /** Lower end of its 95% interval. */
  low: number;
  /** Upper end of its 95% interval. */
  high: number;
}

/** How intervals are drawn. */
export interface BootstrapOptions {
  /** Draws. Default 1000. */
  samples?: number;
  /** Seed of the draws; any integer. Default 0. */
  seed?: number;
}

/**
 * Percentile bootstrap: `items` items are drawn with replacement `samples` times, and the 2.5% and 97.5% quantiles of
 * each statistic over the draws are its interval. A draw in which a statistic is not finite is left out for it.
 * Source: Efron and Tibshirani 1993, chapter 13.
 * @param statistics from the drawn items (ascending indices, with repeats) to named values; its values of all items,
 *   each once, are the values reported
 * @throws {RangeError} when there is no item, or `samples` is not a whole number from 1 on
 */
export function bootstrap<Name extends string>(
  items: number,
  statistics: (drawn: Uint32Array) => Record<Name, number>,
  { samples = 1000, seed = 0 }: BootstrapOptions = {},
): Record<Name, Interval> {
  if (!(Number.isInteger(items) && items >= 1))
    throw new RangeError(`bootstrap: expected at least one item, received ${items}`);
  const drawn = Uint32Array.from({ length: items }, (_, item) => item);
  const times = new Uint32Array(items);
  return intervals(statistics(drawn), samples, new Random(seed), (random) => {
    draw(random, times, drawn);
    return statistics(drawn);
  });
}

/**
 * `bootstrap` of items of a few kinds, where the statistics ask only how many there are of each: their numbers are drawn at once,
 * which takes the same time for millions of items. It is the same distribution from other random numbers.
 * @param counts how many items are of each kind
 * @param statistics from such counts to named values
 */
export function bootstrapKinds<Name extends string>(
  counts: readonly number[],
  statistics: (counts: readonly number[]) => Record<Name, number>,
  { samples = 1000, seed = 0 }: BootstrapOptions = {},
): Record<Name, Interval> {
  const items = counts.reduce((sum, count) => sum + count, 0);
  return intervals(statistics(counts), samples, new Random(seed), (random) => {
    let [left, rest] = [items, items];
    return statistics(
      counts.map((count) => {
        const found = rest > 0 ? binomial(random, left, count / rest) : 0;
        left -= found;
        rest -= count;
        return found;
      }),
    );
  });
}

/** The values of all items with their intervals over draws. */
function intervals<Name extends string>(
  values: Record<Name, number>,
  samples: number,
  random: Random,
  drawOnce: (random: Random) => Record<Name, number>,
): Record<Name, Interval> {
  if (!(Number.isInteger(samples) && samples >= 1))
    throw new RangeError(`bootstrap: samples must be a whole number from 1 on, received ${samples}`);
  const names = Object.keys(values) as Name[];
  const replicates = names.map(() => new Float64Array(samples));
  for (let sample = 0; sample < samples; sample++) {
    const replicate = drawOnce(random);
    names.forEach((name, i) => {
      replicates[i][sample] = replicate[name];
    });
  }
  const found = {} as Record<Name, Interval>;
  names.forEach((name, i) => {
    const sorted = replicates[i].filter(Number.isFinite).sort();
    found[name] = { value: values[name], low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
  });
  return found;
}

/** Draws as many items as there are; counting them gives ascending order, which keeps sorted data sorted. */
function draw(random: Random, times: Uint32Array, drawn: Uint32Array): void {
  times.fill(0);
  for (let i = 0; i < drawn.length; i++) times[random.integer(times.length)]++;
  let next = 0;
  for (let item = 0; item < times.length; item++) {
    for (let repeat = times[item]; repeat > 0; repeat--) drawn[next++] = item;
  }
}
