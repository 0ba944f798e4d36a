import { quantile } from '../base/quantile.js';
import { checkScores } from './validate.js';

const fewest = 16;
const most = 60;
/** Scores that quartiles are taken of. */
const sampled = 20_000;

/**
 * Edges of equal bins over scores, at multiples of 1, 2 or 5 times a power of ten, so that 0 is an edge or outside.
 * The width is near 2 IQR / n^(1/3) (Freedman and Diaconis 1981), in 16 to 60 bins.
 * @param bins about how many bins, in place of that rule
 * @returns `edges`: ascending, the first at or below the lowest score and the last at or above the highest;
 *   `width` of each bin, 1 where all scores are equal
 * @throws {RangeError} for no or non-finite scores, or fewer than 1 bins
 */
export function roundBins(scores: readonly number[], bins?: number): { edges: number[]; width: number } {
  checkScores('roundBins', scores);
  if (bins !== undefined && !(bins >= 1))
    throw new RangeError(`roundBins: bins must be at least 1, received ${bins}`);
  let [low, high] = [scores[0], scores[0]];
  for (const score of scores) {
    if (score < low) low = score;
    if (score > high) high = score;
  }
  const wanted = bins ?? Math.min(most, Math.max(fewest, freedmanDiaconis(scores, high - low)));
  const { factor, power } = high > low ? roundStep((high - low) / wanted) : { factor: 1, power: 0 };
  // Tenths are tenth parts, not multiples of 0.1: the edge 0.3 is the number 0.3, and not a hair above it.
  const edgeAt = (i: number) => (power < 0 ? (i * factor) / 10 ** -power : i * factor * 10 ** power);
  const width = edgeAt(1);
  let first = Math.round(low / width);
  if (edgeAt(first) > low) first--;
  let last = Math.max(first + 1, Math.round(high / width));
  if (edgeAt(last) < high) last++;
  return { edges: Array.from({ length: last - first + 1 }, (_, i) => edgeAt(first + i)), width };
}

/** Bins of that rule over a range; the quartiles are those of at most 20,000 of the scores, evenly over the list. */
function freedmanDiaconis(scores: readonly number[], range: number): number {
  const step = Math.ceil(scores.length / sampled);
  const sorted = Float64Array.from({ length: Math.ceil(scores.length / step) }, (_, i) => scores[i * step]);
  sorted.sort();
  const width = (2 * (quantile(sorted, 0.75) - quantile(sorted, 0.25))) / Math.cbrt(scores.length);
  return width > 0 ? range / width : fewest;
}

/** The nearest of 1, 2, 5 and 10 times a power of ten, by ratio. */
function roundStep(step: number): { factor: number; power: number } {
  const power = Math.floor(Math.log10(step));
  const ratio = step / 10 ** power;
  return {
    factor: ratio < Math.SQRT2 ? 1 : ratio < Math.sqrt(10) ? 2 : ratio < Math.sqrt(50) ? 5 : 10,
    power,
  };
}
