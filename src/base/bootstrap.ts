import { quantile } from './quantile.js';
import { Random } from './random.js';

/** A value with its 95% interval; `low` and `high` are NaN where it is undefined in every draw. */
export interface Interval {
  value: number;
  low: number;
  high: number;
}

export interface BootstrapOptions {
  /** Draws. Default 1000. */
  samples?: number;
  /** Default 0. */
  seed?: number;
}

/**
 * Percentile bootstrap: `items` items are drawn with replacement `samples` times, and the 2.5% and 97.5% quantiles of
 * each statistic over the draws are its interval. A draw in which a statistic is not finite is left out for it.
 * Source: Efron and Tibshirani 1993, chapter 13.
 * @param statistics from the drawn items (ascending indices, with repeats) to named values; its values of all items,
 *   each once, are the values reported
 * @throws {RangeError} when there is no item, or `samples` is no whole number from 1 on
 */
export function bootstrap<Name extends string>(
  items: number,
  statistics: (drawn: Uint32Array) => Record<Name, number>,
  { samples = 1000, seed = 0 }: BootstrapOptions = {},
): Record<Name, Interval> {
  if (!(Number.isInteger(items) && items >= 1))
    throw new RangeError(`bootstrap: expected at least one item, received ${items}`);
  if (!(Number.isInteger(samples) && samples >= 1))
    throw new RangeError(`bootstrap: samples must be a whole number from 1 on, received ${samples}`);

  const drawn = Uint32Array.from({ length: items }, (_, item) => item);
  const values = statistics(drawn);
  const names = Object.keys(values) as Name[];
  const replicates = names.map(() => new Float64Array(samples));
  const random = new Random(seed);
  const times = new Uint32Array(items);
  for (let sample = 0; sample < samples; sample++) {
    draw(random, times, drawn);
    const replicate = statistics(drawn);
    names.forEach((name, i) => {
      replicates[i][sample] = replicate[name];
    });
  }

  const intervals = {} as Record<Name, Interval>;
  names.forEach((name, i) => {
    const sorted = replicates[i].filter(Number.isFinite).sort();
    intervals[name] = { value: values[name], low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
  });
  return intervals;
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
