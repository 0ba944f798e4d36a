/** Bins of a histogram for several groups: every group is counted in the same ones. */
export interface SharedBins {
  /** Width of each bin. */
  width: number;
  centers: number[];
  /** For each group, how many of its values are in each bin. */
  counts: number[][];
}

const fewest = 16;
const most = 60;

/**
 * Counts groups of values in shared bins with round edges, multiples of 1, 2 or 5 times a power of ten, so that 0
 * is an edge. The width is near 2 IQR / n^(1/3) of all values together (Freedman and Diaconis 1981), in 16 to 60
 * bins. A value on an edge is in the bin right of it, the largest value in the last bin.
 * @param groups finite values, at least one in all
 * @param bins about how many bins, in place of that rule
 */
export function sharedBins(groups: readonly (readonly number[])[], bins?: number): SharedBins {
  if (bins !== undefined && !(bins >= 1))
    throw new RangeError(`sharedBins: bins must be at least 1, received ${bins}`);
  const sorted = Float64Array.from(groups.flat()).sort();
  const low = sorted[0];
  const high = sorted[sorted.length - 1];
  const wanted = bins ?? Math.min(most, Math.max(fewest, freedmanDiaconis(sorted)));
  const width = high > low ? roundStep((high - low) / wanted) : 1;
  // A value that is a multiple of the width may come out of the division a hair too low.
  const indexOf = (value: number) => Math.floor(value / width + 1e-9);
  const first = indexOf(low);
  const count = Math.max(1, Math.ceil(high / width - 1e-9) - first);
  const centers = Array.from({ length: count }, (_, bin) => (first + bin + 0.5) * width);
  const counts = groups.map((values) => {
    const counted = new Array<number>(count).fill(0);
    for (const value of values) counted[Math.min(indexOf(value) - first, count - 1)]++;
    return counted;
  });
  return { width, centers, counts };
}

function freedmanDiaconis(sorted: Float64Array): number {
  const quantile = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
  const width = (2 * (quantile(0.75) - quantile(0.25))) / Math.cbrt(sorted.length);
  return width > 0 ? (sorted[sorted.length - 1] - sorted[0]) / width : fewest;
}

/** The nearest of 1, 2, 5 and 10 times a power of ten, by ratio. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const ratio = step / power;
  return power * (ratio < Math.SQRT2 ? 1 : ratio < Math.sqrt(10) ? 2 : ratio < Math.sqrt(50) ? 5 : 10);
}
