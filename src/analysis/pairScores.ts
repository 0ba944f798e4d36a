import { completeRows, type Numbers, numbersOf } from './completeRows.js';
import { type KeptRows, type TableOrLists, tableOrLists } from './tableOrLists.js';
import { checkPairs } from './validate.js';

/** The two scores of each pair, and what a function was told besides. */
export interface PairScores<Options> extends KeptRows<Options> {
  chosen: readonly number[];
  rejected: readonly number[];
}

/** What a function of pairs is called with: a table of them, or two lists; then its options. */
export type PairArguments<Options> = TableOrLists<Numbers, Options>;

/**
 * The scores of pairs: the columns `chosen` and `rejected` of a table, or two lists; without the pairs that lack one.
 * @throws Error where the table lacks a column; RangeError for no pair, a score that is not finite, or not as many rejected as
 *   chosen ones
 */
export function pairScores<Options>(operation: string, given: PairArguments<Options>): PairScores<Options> {
  const { lists, options, column } = tableOrLists(operation, given);
  const names = ['chosen score', 'rejected score'];
  const [chosen, rejected] = (lists ?? ['chosen', 'rejected'].map(column)).map((values, side) =>
    numbersOf(operation, values, names[side]),
  );
  checkPairs(operation, chosen, rejected);
  const { columns, ...kept } = completeRows(operation, names, [chosen, rejected]);
  return {
    ...kept,
    chosen: columns[0],
    rejected: columns[1],
    rows: chosen.length,
    options,
    column: (name) => kept.pick(column(name)),
  };
}
