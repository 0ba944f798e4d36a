import { extent } from '../base/extent.js';
import { quantile } from '../base/quantile.js';

/** Places at which a density is known, evenly from the first to the last. */
const places = 201;
/** Deviations of the kernel beyond the outermost value. */
const tail = 3;

/** A smooth density, at places from the lowest value to the highest and a little beyond. */
export interface Density {
  x: number[];
  y: number[];
  /** The deviation of the kernel. */
  bandwidth: number;
}

/**
 * Kernel density: f(x) = sum of N((x - v) / h) / (n h) over the values v, with Silverman's bandwidth
 * h = 0.9 min(deviation, quartile range / 1.34) n^(-1/5). Values are counted in 201 places first, each shared by the two that
 * it lies between, so that a million take no longer than a thousand.
 * Source: Silverman 1986, equation 3.31; linear binning of Wand 1994.
 * @param values finite, at least one
 * @param unit how wide the kernel is where all values are equal
 */
export function density(values: readonly number[], unit = 1): Density {
  const sorted = Float64Array.from(values).sort();
  const bandwidth = bandwidthOf(sorted) || unit;
  const low = sorted[0] - tail * bandwidth;
  const step = (sorted[sorted.length - 1] + tail * bandwidth - low) / (places - 1);
  const weights = new Float64Array(places);
  for (const value of sorted) {
    const at = (value - low) / step;
    const below = Math.min(Math.floor(at), places - 2);
    weights[below] += 1 - (at - below);
    weights[below + 1] += at - below;
  }
  const reach = Math.ceil((6 * bandwidth) / step);
  const kernel = Float64Array.from({ length: reach + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i * step) / bandwidth) ** 2),
  );
  const scale = 1 / (values.length * bandwidth * Math.sqrt(2 * Math.PI));
  const y = Array.from({ length: places }, (_, i) => {
    let sum = 0;
    const last = Math.min(places - 1, i + reach);
    for (let j = Math.max(0, i - reach); j <= last; j++) sum += weights[j] * kernel[Math.abs(i - j)];
    return sum * scale;
  });
  return { x: Array.from({ length: places }, (_, i) => low + i * step), y, bandwidth };
}

function bandwidthOf(sorted: Float64Array): number {
  const n = sorted.length;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / n;
  const deviation = Math.sqrt(
    sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, n - 1),
  );
  const quartiles = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 1.34;
  const spread = quartiles > 0 ? Math.min(deviation, quartiles) : deviation;
  return 0.9 * spread * n ** -0.2;
}

/** The width of a kernel for groups of equal values: a hundredth of what all groups span. */
export function unitOf(groups: readonly (readonly number[])[]): number {
  const { lowest, highest } = extent(groups.flat());
  return (highest - lowest) / 100 || Math.abs(lowest) / 100 || 0.01;
}
