import { type Ordered, ordered } from '../base/argsort.js';
import type { ScoreColumns } from './columns.js';
import type { Numbers } from './completeRows.js';
import type { Influenced } from './influence.js';
import { correlationOf } from './pearson.js';
import { midranks, tieEnds } from './rank.js';
import { type SeriesArguments, seriesOf } from './series.js';
import { checkSeries } from './validate.js';

/**
 * Spearman's rank correlation: Pearson's of the ranks, equal values sharing the mean of their ranks. NaN where one of
 * the two is constant. Rows in which one is missing are left out.
 * @param table a table with the columns `score` and `rating`
 * @param options `rating`: the column of the ratings, default `rating`
 * @throws {RangeError} for fewer than two rows, a value that is not finite, or lists of different lengths; {Error} for a column that
 *   is not there
 */
export function spearman(table: ScoreColumns, options?: { rating?: string }): number;
/** The same of two models: tables with the columns `clip` and `score`, joined by the clip. */
export function spearman(first: ScoreColumns, second: ScoreColumns): number;
/** The same of two lists. */
export function spearman(x: Numbers, y: Numbers): number;
export function spearman(...given: SeriesArguments): number {
  const { x, y } = seriesOf('spearman', given);
  return correlationOf(midranks(x), midranks(y));
}

/**
 * Spearman's correlation with the influence of each item, through its own ranks and through those of the others. With F and
 * G the mid-distribution functions, rho = (E[F G] - 1/4) / sqrt((E[F^2] - 1/4) (E[G^2] - 1/4)); the influence is that of
 * the three means (each a V-statistic) by the delta method. See `influenceError`. O(n log n).
 */
export function spearmanInfluence(x: readonly number[], y: readonly number[]): Influenced {
  checkSeries('spearmanInfluence', x, y);
  const n = x.length;
  const [byX, byY] = [ordered(x), ordered(y)];
  const f = midranks(x).map((rank) => (rank - 0.5) / n);
  const g = midranks(y).map((rank) => (rank - 0.5) / n);
  // What an item adds to the ranks of those above it (half to its equals), times their other rank.
  const aboveXofF = meanAbove(byX, f);
  const aboveXofG = meanAbove(byX, g);
  const aboveYofF = meanAbove(byY, f);
  const aboveYofG = meanAbove(byY, g);
  let [product, squareX, squareY] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    product += (f[i] * g[i]) / n;
    squareX += (f[i] * f[i]) / n;
    squareY += (g[i] * g[i]) / n;
  }
  const varianceX = squareX - 0.25;
  const varianceY = squareY - 0.25;
  const scale = Math.sqrt(varianceX * varianceY);
  const rho = (product - 0.25) / scale;
  const influences = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const ofProduct = f[i] * g[i] + aboveXofG[i] + aboveYofF[i] - 3 * product;
    const ofX = f[i] * f[i] + 2 * aboveXofF[i] - 3 * squareX;
    const ofY = g[i] * g[i] + 2 * aboveYofG[i] - 3 * squareY;
    influences[i] = ofProduct / scale - (rho / 2) * (ofX / varianceX + ofY / varianceY);
  }
  return { value: rho, influences };
}

/** For each item, the mean over all items of `weights` above it, and half of those equal to it. */
function meanAbove({ order, sorted }: Ordered, weights: Float64Array): Float64Array {
  const means = new Float64Array(order.length);
  let total = 0;
  for (const weight of weights) total += weight;
  let below = 0;
  const ends = tieEnds(sorted);
  for (let run = 0, start = 0; run < ends.length; start = ends[run++]) {
    let here = 0;
    for (let i = start; i < ends[run]; i++) here += weights[order[i]];
    for (let i = start; i < ends[run]; i++) means[order[i]] = (total - below - here / 2) / order.length;
    below += here;
  }
  return means;
}
