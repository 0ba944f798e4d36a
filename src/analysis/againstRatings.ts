import type { Interval } from '../base/bootstrap.js';
import { column, finiteScores, type ScoreColumns } from './columns.js';
import { correlationInterval, type Influenced, influenceError } from './influence.js';
import { kendallInfluence } from './kendall.js';
import { isList } from './labelledScores.js';
import { pearsonInfluence } from './pearson.js';
import { spearmanInfluence } from './spearman.js';
import { checkLengths } from './validate.js';

/** How scores agree with ratings. */
export interface RatingAgreement {
  clips: number;
  spearman: Interval;
  kendall: Interval;
  pearson: Interval;
}

export interface RatingOptions {
  /** The column of the ratings. Default `rating`. */
  rating?: string;
  /** The column of what clips that are not independent have in common, such as their prompt. */
  cluster?: string;
}

/** Scores and ratings of a call, and what clips have in common. */
export interface RatedColumns {
  scores: number[];
  ratings: number[];
  clusters?: string[];
}

/**
 * Correlations of scores with ratings, each with its 95% interval: Spearman's, Kendall's tau-b and Pearson's.
 * @param table a table with the columns `score` and `rating`
 * @throws {RangeError} for fewer than two clips, a value that is not finite, or lists of two lengths; {Error} for a column that is
 *   not there
 */
export function againstRatings(table: ScoreColumns, options?: RatingOptions): RatingAgreement;
/** The same of two lists: scores and ratings. */
export function againstRatings(scores: ArrayLike<number>, ratings: ArrayLike<number>): RatingAgreement;
export function againstRatings(
  first: ScoreColumns | ArrayLike<number>,
  second: ArrayLike<number> | RatingOptions = {},
): RatingAgreement {
  return agreementOf(ratedColumns('againstRatings', first, second));
}

export function agreementOf({ scores, ratings, clusters }: RatedColumns): RatingAgreement {
  const of = ({ value, influences }: Influenced): Interval =>
    Number.isNaN(value)
      ? { value, low: Number.NaN, high: Number.NaN }
      : correlationInterval(value, influenceError(influences, clusters));
  return {
    clips: scores.length,
    spearman: of(spearmanInfluence(scores, ratings)),
    kendall: of(kendallInfluence(scores, ratings)),
    pearson: of(pearsonInfluence(scores, ratings)),
  };
}

/** @throws as `againstRatings` */
export function ratedColumns(
  operation: string,
  first: ScoreColumns | ArrayLike<number>,
  second: ArrayLike<number> | RatingOptions,
): RatedColumns {
  if (isList(second)) {
    const scores = finiteScores(Array.from(first as ArrayLike<number>), operation);
    const ratings = finiteScores(Array.from(second), `${operation}: ratings`);
    checkLengths(operation, 'ratings', scores.length, ratings.length);
    return checkMany(operation, { scores, ratings });
  }
  if (isList(first) && typeof first[0] !== 'object')
    throw new Error(
      `${operation}: expected a table, or the rating of each score as a second list; received plain scores`,
    );
  const { rating = 'rating', cluster } = second as RatingOptions;
  const of = (name: string) => column(first as ScoreColumns, name, operation);
  return checkMany(operation, {
    scores: finiteScores(of('score'), operation),
    ratings: finiteScores(of(rating), `${operation}: ${rating}`),
    ...(cluster !== undefined && { clusters: of(cluster).map(String) }),
  });
}

function checkMany(operation: string, columns: RatedColumns): RatedColumns {
  if (columns.scores.length < 2)
    throw new RangeError(`${operation}: expected at least two clips, received one`);
  return columns;
}
