import { completeRows, numbersOf, verdictsOf } from './completeRows.js';
import { type KeptRows, type TableOrLists, tableOrLists } from './tableOrLists.js';
import { checkLengths } from './validate.js';

/** Scores and the label of each, and what a function was told besides. */
export interface ScoresAndLabels<Options> extends KeptRows<Options> {
  scores: readonly number[];
  /** True is Pass. */
  labels: readonly boolean[];
}

/** Labels of a list or of a column of a table: true is Pass, and so is 1; NaN, null and undefined are none. */
export type Labels = ArrayLike<boolean | number | null | undefined>;

/** What a function of labelled scores is called with: a score table as it is, or two lists; then its options. */
export type LabelledArguments<Options> = TableOrLists<Labels, Options>;

/**
 * The scores and labels of a call: the columns `score` and `pass` of a table, or the two lists; without the rows that lack one.
 * @throws Error where the table lacks a column; RangeError where a score is not finite, a label neither true nor false, the lists
 *   are of two lengths, or no row has both
 */
export function labelledScores<Options>(
  operation: string,
  given: LabelledArguments<Options>,
): ScoresAndLabels<Options> {
  const { lists, options, column } = tableOrLists(operation, given);
  const labels = lists
    ? verdictsOf(operation, lists[1], 'label')
    : verdictsOf(operation, column('pass'), 'pass');
  const scores = numbersOf(operation, lists ? lists[0] : column('score'));
  if (scores.length > 0) checkLengths(operation, 'labels', scores.length, labels.length);
  const { columns, ...kept } = completeRows(operation, ['score', 'label'], [scores, labels]);
  return {
    ...kept,
    scores: columns[0],
    labels: columns[1],
    rows: scores.length,
    options,
    column: (name) => kept.pick(column(name)),
  };
}
