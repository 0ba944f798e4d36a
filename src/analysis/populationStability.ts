import { quantile } from '../base/quantile.js';
import { histogram } from './distribution.js';
import { checkScores } from './validate.js';

/**
 * Population stability index: sum over bins of (q - p) ln(q / p), where p and q are the shares of `before` and `after`
 * in bins at the tenths of `before`. Half a value is added to every bin, so that an empty one has a logarithm.
 * A rule of thumb of credit scoring calls up to 0.1 stable, from 0.25 on shifted.
 * @throws {RangeError} for no or non-finite values
 */
export function populationStability(before: readonly number[], after: readonly number[]): number {
  checkScores('populationStability', before, 'before');
  checkScores('populationStability', after, 'after');
  const sorted = Float64Array.from(before).sort();
  const inner = Array.from({ length: 9 }, (_, i) => quantile(sorted, (i + 1) / 10));
  const edges = [Number.NEGATIVE_INFINITY, ...new Set(inner), Number.POSITIVE_INFINITY];
  const { counts } = histogram([before, after], edges);
  const shares = counts.map((counted) => {
    const total = counted.reduce((sum, count) => sum + count + 0.5, 0);
    return counted.map((count) => (count + 0.5) / total);
  });
  return shares[0].reduce((sum, p, bin) => sum + (shares[1][bin] - p) * Math.log(shares[1][bin] / p), 0);
}
