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

/** Labels of a list or of a column of a table: true is Pass; in a column of numbers 1 is. */
export type Labels = ArrayLike<boolean> | ArrayLike<number>;

/** What a function of labelled scores is called with: a score table as it is, or two lists; then its options. */
export type LabelledArguments<Options> =
  | [table: ScoreColumns, options?: Options]
  | [scores: ArrayLike<number>, labels: Labels, options?: Options];

/**
 * The scores and labels of a call: the columns `score` and `pass` of a table, or the two lists.
 * @throws Error where the table lacks a column; RangeError where a `pass` is neither true nor false.
 */
export function labelledScores<Options>(
  operation: string,
  [first, second, third]: LabelledArguments<Options>,
): ScoresAndLabels<Options> {
  if (isList(second) || isNumbers(first)) {
    const refuse = (name: string) => {
      throw new Error(
        `${operation}: two lists have no column "${name}"; give a table, or the values themselves`,
      );
    };
    return {
      scores: Array.isArray(first) ? first : Array.from(first as ArrayLike<number>),
      labels: verdicts(operation, (second as Labels | undefined) ?? [], 'label'),
      options: third as Options | undefined,
      column: refuse,
    };
  }
  const of = (name: string) => column(first as ScoreColumns, name, operation);
  const labels = verdicts(operation, of('pass'), 'pass');
  // Whoever measures checks that they are finite numbers.
  const scores = of('score') as number[];
  return { scores, labels, options: second as Options | undefined, column: of };
}

/** @throws {RangeError} where a verdict is neither true nor false, nor 1 or 0 */
function verdicts(operation: string, given: ArrayLike<unknown>, name: string): readonly boolean[] {
  // As they are where they may be: measures are taken of the same labels many times.
  if (isVerdicts(given)) return given;
  return Array.from(given, (verdict, row) => {
    if (typeof verdict === 'boolean') return verdict;
    if (verdict === 0 || verdict === 1) return verdict === 1;
    throw new RangeError(
      `${operation}: row ${row + 1}: expected ${name} to be true or false, received ${String(verdict)}`,
    );
  });
}

const isVerdicts = (given: ArrayLike<unknown>): given is readonly boolean[] =>
  Array.isArray(given) && given.every((verdict) => typeof verdict === 'boolean');

/** Whether a value is an array, or a column of one type. */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

/** Whether values are plain ones, and no rows of a table. */
export function isNumbers(values: unknown): values is ArrayLike<number> {
  return isList(values) && (values.length === 0 || typeof values[0] !== 'object');
}
