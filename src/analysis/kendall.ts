import { ordered } from '../base/argsort.js';
import type { ScoreColumns } from './columns.js';
import type { Numbers } from './completeRows.js';
import type { Influenced } from './influence.js';
import { tieEnds } from './rank.js';
import { type SeriesArguments, seriesOf } from './series.js';
import { checkSeries } from './validate.js';

/**
 * Kendall's tau-b: concordant minus discordant pairs, over the geometric mean of the pairs that are not tied in x and
 * of those not tied in y. NaN where one of the two is constant. O(n log n). Rows in which one is missing are left out.
 * @param table a table with the columns `score` and `rating`
 * @param options `rating`: the column of the ratings, default `rating`
 * @throws {RangeError} for fewer than two rows, a value that is not finite, or lists of different lengths; {Error} for a column that
 *   is not there
 */
export function kendall(table: ScoreColumns, options?: { rating?: string }): number;
/** The same of two models: tables with the columns `clip` and `score`, joined by the clip. */
export function kendall(first: ScoreColumns, second: ScoreColumns): number;
/** The same of two lists. */
export function kendall(x: Numbers, y: Numbers): number;
export function kendall(...given: SeriesArguments): number {
  const { x, y } = seriesOf('kendall', given);
  const { order, untiedX, untiedY } = pairSums(x, y);
  const [sum, sumX, sumY] = [order, untiedX, untiedY].map(total);
  return sum / Math.sqrt(sumX) / Math.sqrt(sumY);
}

/**
 * Kendall's tau-b with the influence of each item: its three numbers of pairs are U-statistics of two items, so an item's influence is
 * twice its own mean less the mean of all, put together by the delta method. See `influenceError`. O(n log n).
 */
export function kendallInfluence(x: readonly number[], y: readonly number[]): Influenced {
  checkSeries('kendallInfluence', x, y);
  const { order, untiedX, untiedY } = pairSums(x, y);
  const [mean, meanX, meanY] = [order, untiedX, untiedY].map((sums) => total(sums) / sums.length);
  const scale = Math.sqrt(meanX * meanY);
  const tau = mean / scale;
  const influences = order.map(
    (sum, i) => (2 * (sum - mean)) / scale - tau * (untiedX[i] / meanX + untiedY[i] / meanY - 2),
  );
  return { value: tau, influences };
}

/** Sums over the other items, for each item: of the sign of concordance, and of the pairs that are not tied. */
function pairSums(x: readonly number[], y: readonly number[]) {
  const n = x.length;
  const order = new Float64Array(n);
  const untiedX = new Float64Array(n);
  const untiedY = new Float64Array(n);
  const place = new Uint32Array(n);
  const { order: byY, sorted: sortedY } = ordered(y);
  const endsY = tieEnds(sortedY);
  for (let run = 0, start = 0; run < endsY.length; start = endsY[run++]) {
    for (let i = start; i < endsY[run]; i++) {
      place[byY[i]] = run + 1;
      untiedY[byY[i]] = n - (endsY[run] - start);
    }
  }
  const totals = new PrefixCounts(endsY.length);
  for (const item of place) totals.add(item);
  const seen = new PrefixCounts(endsY.length);
  // Of all items and of those left in x: how many are below less how many are above in y. Those right in x are the
  // rest, with the ties in x left out of both.
  const { order: byX, sorted: sortedX } = ordered(x);
  const endsX = tieEnds(sortedX);
  for (let run = 0, start = 0; run < endsX.length; start = endsX[run++]) {
    const end = endsX[run];
    for (let i = start; i < end; i++) order[byX[i]] = seen.lessMinusMore(place[byX[i]], start);
    for (let i = start; i < end; i++) seen.add(place[byX[i]]);
    for (let i = start; i < end; i++) {
      const item = byX[i];
      const upToHere = seen.lessMinusMore(place[item], end);
      order[item] -= totals.lessMinusMore(place[item], n) - upToHere;
      untiedX[item] = n - (end - start);
    }
  }
  return { order, untiedX, untiedY };
}

/** Counts of items by place, 1 to `places`, whose sums up to a place take O(log n): a Fenwick tree. */
class PrefixCounts {
  private readonly tree: Uint32Array;

  constructor(places: number) {
    this.tree = new Uint32Array(places + 1);
  }

  add(place: number): void {
    for (let node = place; node < this.tree.length; node += node & -node) this.tree[node]++;
  }

  /** Of `count` items added, those at lower places less those at higher ones. */
  lessMinusMore(place: number, count: number): number {
    return this.upTo(place - 1) - (count - this.upTo(place));
  }

  private upTo(place: number): number {
    let sum = 0;
    for (let node = place; node > 0; node -= node & -node) sum += this.tree[node];
    return sum;
  }
}

const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
