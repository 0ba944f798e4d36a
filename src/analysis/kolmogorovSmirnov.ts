import type { ScoreColumns } from './columns.js';
import type { LeftOut, Numbers } from './completeRows.js';
import { distributionSteps } from './distributionSteps.js';
import { leftOutOf, scoresOf } from './scoresOf.js';

/** Up to so many products of the two sizes the exact distribution is computed, which takes as many steps. */
const exactLimit = 4e6;

/** The test of Kolmogorov and Smirnov of two samples. */
export interface KolmogorovSmirnov extends LeftOut {
  /** Largest distance between the two distribution functions, 0 to 1. */
  distance: number;
  /** Of the hypothesis that both are of one distribution. */
  p: number;
  /** Whether p is exact (for continuous distributions) or that of large samples. */
  exact: boolean;
}

/**
 * Whether two samples are of one distribution, by the largest distance between their distribution functions.
 * The exact p counts lattice paths (Hodges 1958); for large samples p is Kolmogorov's series.
 * With ties p is too large rather than too small. What is missing is left out and counted.
 * @param before and `after`: tables with the column `score`, or lists
 * @throws {RangeError} for no values, or one that is not finite
 */
export function kolmogorovSmirnov(
  before: ScoreColumns | Numbers,
  after: ScoreColumns | Numbers,
): KolmogorovSmirnov {
  const first = scoresOf('kolmogorovSmirnov: before', before);
  const second = scoresOf('kolmogorovSmirnov: after', after);
  let distance = 0;
  const { differences } = distributionSteps(first.scores, second.scores);
  for (let i = 0; i < differences.length; i++) distance = Math.max(distance, Math.abs(differences[i]));
  const [n, m] = [first.scores.length, second.scores.length];
  const exact = n * m <= exactLimit;
  const p = exact
    ? exactTail(distance, Math.min(n, m), Math.max(n, m))
    : kolmogorovTail(distance * Math.sqrt((n * m) / (n + m)));
  return { distance, p, exact, ...leftOutOf(first.left, second.left) };
}

/** P(D >= distance) for samples of n and m >= n values without ties: 1 less the share of lattice paths within it. */
function exactTail(distance: number, n: number, m: number): number {
  // Distances are multiples of 1 / (n m): half a step below this one nothing is lost by rounding.
  const limit = (Math.round(distance * n * m) - 0.5) / (n * m);
  const inside = new Float64Array(m + 1);
  for (let j = 0; j <= m; j++) inside[j] = j / m > limit ? 0 : 1;
  for (let i = 1; i <= n; i++) {
    const weight = i / (i + m);
    inside[0] = i / n > limit ? 0 : weight * inside[0];
    for (let j = 1; j <= m; j++)
      inside[j] = Math.abs(i / n - j / m) > limit ? 0 : weight * inside[j] + inside[j - 1];
  }
  return Math.min(1, Math.max(0, 1 - inside[m]));
}

/** P(K >= x) of Kolmogorov's distribution, by whichever of its two series is short. */
function kolmogorovTail(x: number): number {
  if (x <= 0) return 1;
  let sum = 0;
  if (x < 1) {
    for (let k = 1; k < 40; k += 2) sum += Math.exp(-((k * Math.PI) ** 2) / (8 * x * x));
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum;
  }
  for (let k = 1; k < 20; k++) sum += (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * (k * x) ** 2);
  return 2 * sum;
}
