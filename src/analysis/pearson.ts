import type { ScoreColumns } from './columns.js';
import type { Numbers } from './completeRows.js';
import { type Influenced, meanOf } from './influence.js';
import { type SeriesArguments, seriesOf } from './series.js';
import { checkSeries } from './validate.js';

/**
 * Pearson's correlation: covariance over the product of the deviations. NaN where one of the two is constant. Rows in which one is missing are left out.
 * @param table a table with the columns `score` and `rating`
 * @param options `rating`: the column of the ratings, default `rating`
 * @throws {RangeError} for fewer than two rows, a value that is not finite, or lists of different lengths; {Error} for a column that
 *   is not there
 */
export function pearson(table: ScoreColumns, options?: { rating?: string }): number;
/** The same of two models: tables with the columns `clip` and `score`, joined by the clip. */
export function pearson(first: ScoreColumns, second: ScoreColumns): number;
/** The same of two lists. */
export function pearson(x: Numbers, y: Numbers): number;
export function pearson(...given: SeriesArguments): number {
  const { x, y } = seriesOf('pearson', given);
  return correlationOf(x, y);
}

/** Pearson's correlation of finite values. */
export function correlationOf(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const { covariance, varianceX, varianceY } = moments(asFloats(x), asFloats(y));
  return bounded(covariance / Math.sqrt(varianceX * varianceY));
}

/**
 * Pearson's correlation with the influence of each item: for standardised u and v, u v - r (u^2 + v^2) / 2 (Devlin,
 * Gnanadesikan and Kettenring 1975). See `influenceError`.
 */
export function pearsonInfluence(x: readonly number[], y: readonly number[]): Influenced {
  checkSeries('pearsonInfluence', x, y);
  const { meanX, meanY, covariance, varianceX, varianceY } = moments(asFloats(x), asFloats(y));
  const [deviationX, deviationY] = [Math.sqrt(varianceX), Math.sqrt(varianceY)];
  const r = covariance / (deviationX * deviationY);
  const influences = Float64Array.from(x, (value, i) => {
    const u = (value - meanX) / deviationX;
    const v = (y[i] - meanY) / deviationY;
    return u * v - (r * (u * u + v * v)) / 2;
  });
  return { value: bounded(r), influences };
}

/** A correlation that rounding has moved past 1 is 1. */
const bounded = (r: number): number => (Math.abs(r) > 1 ? Math.sign(r) : r);

function moments(x: Float64Array, y: Float64Array) {
  const [meanX, meanY] = [meanOf(x), meanOf(y)];
  let [covariance, varianceX, varianceY] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const dx = x[i] - meanX;
    const dy = y[i] - meanY;
    covariance += (dx * dy) / x.length;
    varianceX += (dx * dx) / x.length;
    varianceY += (dy * dy) / x.length;
  }
  // The rounded mean of equal values need not be that value.
  if (isConstant(x)) varianceX = 0;
  if (isConstant(y)) varianceY = 0;
  return { meanX, meanY, covariance, varianceX, varianceY };
}

function isConstant(values: Float64Array): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}

/** The same numbers in one kind of list, which is read faster than now one and now another. */
function asFloats(values: ArrayLike<number>): Float64Array {
  if (values instanceof Float64Array) return values;
  const floats = new Float64Array(values.length);
  for (let i = 0; i < floats.length; i++) floats[i] = values[i];
  return floats;
}
