import { isList, isTable, type ScoreColumns } from './columns.js';
import { completeRows, type Numbers, numbersOf } from './completeRows.js';
import { pairedColumns } from './pairedColumns.js';
import { type RatingOptions, ratedColumns } from './ratedColumns.js';
import { checkSeries } from './validate.js';

/** What a correlation is called with: scores and ratings of a table, scores of two tables, or two lists. */
export type SeriesArguments = [
  first: ScoreColumns | Numbers,
  second?: ScoreColumns | Numbers | Pick<RatingOptions, 'rating'>,
];

/** Two series of a call. */
interface Series {
  x: readonly number[];
  y: readonly number[];
}

/** The two series of a call, without the rows that lack one. @throws as `ratedColumns` and `pairedColumns` */
export function seriesOf(operation: string, [first, second = {}]: SeriesArguments): Series {
  if (isTable(first) && isTable(second)) {
    const paired = pairedColumns(operation, first, second);
    return { x: paired.first, y: paired.second };
  }
  if (isList(second)) return listed(operation, first as Numbers, second as Numbers);
  const { scores, ratings } = ratedColumns(operation, first, second as RatingOptions);
  return { x: scores, y: ratings };
}

function listed(operation: string, first: Numbers, second: Numbers): Series {
  const [x, y] = [numbersOf(operation, first, 'x'), numbersOf(operation, second, 'y')];
  checkSeries(operation, x, y);
  const { columns } = completeRows(operation, ['value of x', 'value of y'], [x, y]);
  checkSeries(operation, ...columns);
  return { x: columns[0], y: columns[1] };
}
