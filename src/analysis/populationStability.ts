import { quantile } from '../base/quantile.js';
import type { ScoreColumns } from './columns.js';
import type { Numbers } from './completeRows.js';
import { countsOf } from './distribution.js';
import { scoresOf } from './scoresOf.js';

/**
 * Population stability index: sum over bins of (q - p) ln(q / p), where p and q are the shares of `before` and `after`
 * in bins at the tenths of `before`. Half a value is added to every bin, so that an empty one has a logarithm.
 * A rule of thumb of credit scoring calls up to 0.1 stable, from 0.25 on shifted. What is missing is left out.
 * @param before and `after`: tables with the column `score`, or lists
 * @throws {RangeError} for no values, or one that is not finite
 */
export function populationStability(before: ScoreColumns | Numbers, after: ScoreColumns | Numbers): number {
  const { scores: first } = scoresOf('populationStability: before', before);
  const { scores: second } = scoresOf('populationStability: after', after);
  const sorted = Float64Array.from(first).sort();
  const inner = Array.from({ length: 9 }, (_, i) => quantile(sorted, (i + 1) / 10));
  const edges = [Number.NEGATIVE_INFINITY, ...new Set(inner), Number.POSITIVE_INFINITY];
  const counts = [first, second].map((scores) => countsOf(scores, edges));
  const shares = counts.map((counted) => {
    const total = counted.reduce((sum, count) => sum + count + 0.5, 0);
    return counted.map((count) => (count + 0.5) / total);
  });
  return shares[0].reduce((sum, p, bin) => sum + (shares[1][bin] - p) * Math.log(shares[1][bin] / p), 0);
}
