import { column, isList, isNumbers, type ScoreColumns } from './columns.js';
import { completeRows, type LeftOut, type Numbers, numbersOf, verdictsOf } from './completeRows.js';
import { checkLengths } from './validate.js';

/** Scores and the label of each, and what a function was told besides. */
export interface ScoresAndLabels<Options> {
  scores: readonly number[];
  /** True is Pass. */
  labels: readonly boolean[];
  options: Options | undefined;
  /** How many rows there were, with those that are left out. */
  rows: number;
  left: LeftOut;
  note?: string;
  /** Other values of the rows without those that are left out. */
  pick<T>(values: readonly T[]): readonly T[];
  /** Another column of the table; of two lists there is none. @throws naming the columns that there are. */
  column(name: string): readonly unknown[];
}

/** Labels of a list or of a column of a table: true is Pass, and so is 1; NaN, null and undefined are none. */
export type Labels = ArrayLike<boolean | number | null | undefined>;

/** What a function of labelled scores is called with: a score table as it is, or two lists; then its options. */
export type LabelledArguments<Options> =
  | [table: ScoreColumns, options?: Options]
  | [scores: Numbers, labels: Labels, options?: Options];

/**
 * The scores and labels of a call: the columns `score` and `pass` of a table, or the two lists; without the rows that lack one.
 * @throws Error where the table lacks a column; RangeError where a score is not finite, a label neither true nor false, the lists
 *   are of two lengths, or no row has both
 */
export function labelledScores<Options>(
  operation: string,
  [first, second, third]: LabelledArguments<Options>,
): ScoresAndLabels<Options> {
  const isLists = isList(second) || isNumbers(first);
  const of = (name: string) => {
    if (!isLists) return column(first as ScoreColumns, name, operation);
    throw new Error(
      `${operation}: two lists have no column "${name}"; give a table, or the values themselves`,
    );
  };
  const labels = isLists
    ? verdictsOf(operation, (second as Labels | undefined) ?? [], 'label')
    : verdictsOf(operation, of('pass'), 'pass');
  const scores = numbersOf(operation, isLists ? (first as Numbers) : of('score'));
  if (scores.length > 0) checkLengths(operation, 'labels', scores.length, labels.length);
  const { columns, ...kept } = completeRows(operation, ['score', 'label'], [scores, labels]);
  return {
    ...kept,
    scores: columns[0],
    labels: columns[1],
    rows: scores.length,
    options: (isLists ? third : second) as Options | undefined,
    column: (name) => kept.pick(of(name)),
  };
}
