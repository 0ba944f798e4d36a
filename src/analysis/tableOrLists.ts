import { column, isList, isNumbers, type ScoreColumns } from './columns.js';
import type { LeftOut, Numbers } from './completeRows.js';

/** What a function of two columns is called with: a table that has them, or two lists; then its options. */
export type TableOrLists<Second, Options> =
  | [table: ScoreColumns, options?: Options]
  | [first: Numbers, second: Second, options?: Options];

/** What is left of the rows of such a call, and what the function was told besides. */
export interface KeptRows<Options> {
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

/** A call taken apart. */
interface Call<Second, Options> {
  /** Undefined where a table is given. */
  lists: [first: Numbers, second: Second | []] | undefined;
  options: Options | undefined;
  /** A column of the table. @throws {Error} where it lacks one, and for two lists */
  column(name: string): readonly unknown[];
}

/** Tells a table from two lists. */
export function tableOrLists<Second, Options>(
  operation: string,
  [first, second, third]: TableOrLists<Second, Options>,
): Call<Second, Options> {
  const isLists = isList(second) || isNumbers(first);
  return {
    lists: isLists ? [first as Numbers, (second as Second | undefined) ?? []] : undefined,
    options: (isLists ? third : second) as Options | undefined,
    column(name) {
      if (!isLists) return column(first as ScoreColumns, name, operation);
      throw new Error(
        `${operation}: two lists have no column "${name}"; give a table, or the values themselves`,
      );
    },
  };
}
