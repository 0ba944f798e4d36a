import { column, type ScoreColumns } from './columns.js';

/** Scores and the label of each, and what a function was told besides. */
export interface ScoresAndLabels<Options> {
  scores: readonly number[];
  /** True is Pass. */
  labels: readonly boolean[];
  options: Options | undefined;
  /** Another column of the table; of two lists there is none. @throws naming the columns that there are. */
  column(name: string): unknown[];
}

/** What a function of labelled scores is called with: a score table as it is, or two lists; then its options. */
export type LabelledArguments<Options> =
  | [table: ScoreColumns, options?: Options]
  | [scores: readonly number[], labels: readonly boolean[], options?: Options];

/**
 * The scores and labels of a call: the columns `score` and `pass` of a table, or the two lists.
 * @throws Error where the table lacks a column; RangeError where a `pass` is neither true nor false.
 */
export function labelledScores<Options>(
  operation: string,
  [first, second, third]: LabelledArguments<Options>,
): ScoresAndLabels<Options> {
  if (Array.isArray(second) || isNumbers(first)) {
    const refuse = (name: string) => {
      throw new Error(
        `${operation}: two lists have no column "${name}"; give a table, or the values themselves`,
      );
    };
    return {
      scores: first as readonly number[],
      labels: (second as readonly boolean[] | undefined) ?? [],
      options: third as Options | undefined,
      column: refuse,
    };
  }
  const of = (name: string) => column(first as ScoreColumns, name, operation);
  const labels = of('pass').map((pass, row) => {
    if (typeof pass === 'boolean') return pass;
    throw new RangeError(
      `${operation}: row ${row + 1}: expected pass to be true or false, received ${String(pass)}`,
    );
  });
  // Whoever measures checks that they are finite numbers.
  const scores = of('score') as number[];
  return { scores, labels, options: second as Options | undefined, column: of };
}

function isNumbers(values: unknown): boolean {
  return Array.isArray(values) && (values.length === 0 || typeof values[0] !== 'object');
}
