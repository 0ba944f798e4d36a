import { column, isList, isNumbers, type ScoreColumns } from './columns.js';
import { completeRows, type LeftOut, type Numbers, numbersOf } from './completeRows.js';
import { checkPairs } from './validate.js';

/** The two scores of each pair, and what a function was told besides. */
export interface PairScores<Options> {
  chosen: readonly number[];
  rejected: readonly number[];
  options: Options | undefined;
  /** How many pairs there were, with those that are left out. */
  rows: number;
  left: LeftOut;
  note?: string;
  /** Other values of the pairs without those that are left out. */
  pick<T>(values: readonly T[]): readonly T[];
  /** Another column of the table; of two lists there is none. @throws naming the columns that there are. */
  column(name: string): readonly unknown[];
}

/** What a function of pairs is called with: a table of them, or two lists; then its options. */
export type PairArguments<Options> =
  | [pairs: ScoreColumns, options?: Options]
  | [chosen: Numbers, rejected: Numbers, options?: Options];

/**
 * The scores of pairs: the columns `chosen` and `rejected` of a table, or two lists; without the pairs that lack one.
 * @throws Error where the table lacks a column; RangeError for no pair, a score that is not finite, or not as many rejected as
 *   chosen ones
 */
export function pairScores<Options>(
  operation: string,
  [first, second, third]: PairArguments<Options>,
): PairScores<Options> {
  const isLists = isList(second) || isNumbers(first);
  const of = (name: string) => {
    if (!isLists) return column(first as ScoreColumns, name, operation);
    throw new Error(
      `${operation}: two lists have no column "${name}"; give a table, or the values themselves`,
    );
  };
  const given = isLists
    ? [first as Numbers, (second as Numbers | undefined) ?? []]
    : ['chosen', 'rejected'].map(of);
  const names = ['chosen score', 'rejected score'];
  const [chosen, rejected] = given.map((values, side) => numbersOf(operation, values, names[side]));
  checkPairs(operation, chosen, rejected);
  const { columns, ...kept } = completeRows(operation, names, [chosen, rejected]);
  return {
    ...kept,
    chosen: columns[0],
    rejected: columns[1],
    rows: chosen.length,
    options: (isLists ? third : second) as Options | undefined,
    column: (name) => kept.pick(of(name)),
  };
}
