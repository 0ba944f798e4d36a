import type { Interval } from '../base/bootstrap.js';
import type { ScoreColumns } from './columns.js';
import type { LeftOut, Numbers } from './completeRows.js';
import { correlationInterval, type Influenced, influenceError } from './influence.js';
import { kendallInfluence } from './kendall.js';
import { pearsonInfluence } from './pearson.js';
import { type RatedColumns, type RatingOptions, ratedColumns } from './ratedColumns.js';
import { spearmanInfluence } from './spearman.js';

/** How scores agree with ratings. */
export interface RatingAgreement extends LeftOut {
  /** Clips that have a score and a rating. */
  clips: number;
  /** Spearman's rank correlation, with its 95% interval. */
  spearman: Interval;
  /** Kendall's tau-b, with its 95% interval. */
  kendall: Interval;
  /** Pearson's correlation, with its 95% interval. */
  pearson: Interval;
}

/**
 * Correlations of scores with ratings, each with its 95% interval: Spearman's, Kendall's tau-b and Pearson's. Rows
 * without a score or a rating are left out and counted.
 * @param table a table with the columns `score` and `rating`
 * @throws {RangeError} for fewer than two clips, a value that is not finite, or lists of two lengths; {Error} for a column that is
 *   not there
 */
export function againstRatings(table: ScoreColumns, options?: RatingOptions): RatingAgreement;
/** The same of two lists: scores and ratings. */
export function againstRatings(scores: Numbers, ratings: Numbers): RatingAgreement;
export function againstRatings(
  first: ScoreColumns | Numbers,
  second: Numbers | RatingOptions = {},
): RatingAgreement {
  return agreementOf(ratedColumns('againstRatings', first, second));
}

export function agreementOf({ scores, ratings, clusters, left }: RatedColumns): RatingAgreement {
  const of = ({ value, influences }: Influenced): Interval =>
    Number.isNaN(value)
      ? { value, low: Number.NaN, high: Number.NaN }
      : correlationInterval(value, influenceError(influences, clusters));
  return {
    clips: scores.length,
    ...left,
    spearman: of(spearmanInfluence(scores, ratings)),
    kendall: of(kendallInfluence(scores, ratings)),
    pearson: of(pearsonInfluence(scores, ratings)),
  };
}
