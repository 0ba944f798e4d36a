import { column, isList, isNumbers, type ScoreColumns } from './columns.js';
import { completeRows, type LeftOut, type Numbers, numbersOf } from './completeRows.js';
import { checkLengths } from './validate.js';

/** Which columns of a table `againstRatings` reads besides the scores. */
export interface RatingOptions {
  /** The column of the ratings. Default `rating`. */
  rating?: string;
  /** The column of what clips that are not independent have in common, such as their prompt. */
  cluster?: string;
}

/** Scores and ratings of a call, and what clips have in common. */
export interface RatedColumns {
  scores: readonly number[];
  ratings: readonly number[];
  clusters?: readonly string[];
  left: LeftOut;
  note?: string;
}

/**
 * Scores and ratings of a call: two columns of a table, or two lists; without the rows that lack one.
 * @throws {RangeError} for fewer than two clips, a value that is not finite, or lists of two lengths; {Error} for a column that is
 *   not there
 */
export function ratedColumns(
  operation: string,
  first: ScoreColumns | Numbers,
  second: Numbers | RatingOptions,
): RatedColumns {
  if (isList(second)) return complete(operation, first as Numbers, second as Numbers, 'rating');
  if (isNumbers(first)) {
    throw new Error(
      `${operation}: expected a table, or the rating of each score as a second list; received plain scores`,
    );
  }
  const { rating = 'rating', cluster } = second as RatingOptions;
  const of = (name: string) => column(first as ScoreColumns, name, operation);
  const clusters = cluster === undefined ? undefined : of(cluster).map(String);
  return complete(operation, of('score'), of(rating), rating, clusters);
}

function complete(
  operation: string,
  scores: ArrayLike<unknown>,
  ratings: ArrayLike<unknown>,
  name: string,
  clusters?: readonly string[],
): RatedColumns {
  checkLengths(operation, 'ratings', scores.length, ratings.length);
  const given = [numbersOf(operation, scores), numbersOf(operation, ratings, name)] as const;
  const { columns, pick, left, note } = completeRows(operation, ['score', 'rating'], given);
  if (columns[0].length < 2) {
    const received = columns[0].length === 0 ? 'none' : 'one';
    throw new RangeError(`${operation}: expected at least two clips, received ${received}`);
  }
  return {
    scores: columns[0],
    ratings: columns[1],
    ...(clusters && { clusters: pick(clusters) }),
    left,
    note,
  };
}
