import { isMissing } from '../base/missing.js';
import { column, hasColumn, isNumbers, type ScoreColumns } from './columns.js';
import { completeRows, type LeftOut, type Numbers, numbersOf, verdictsOf } from './completeRows.js';
import type { Labels } from './labelledScores.js';
import { checkLengths } from './validate.js';

/** What the two models are called. */
export interface ModelNames {
  /** Name of the first. */
  first: string;
  /** Name of the second. */
  second: string;
}

/** Scores of both models on each clip. */
export interface PairedColumns {
  names: ModelNames;
  first: readonly number[];
  second: readonly number[];
  clips?: readonly string[];
  /** Undefined of a clip that neither table labels; not there where neither has labels. */
  labels?: readonly (boolean | undefined)[];
  /** Clips that only one has scored, and by `left` those that are named and that neither has. */
  onlyFirst: number;
  onlySecond: number;
  left: LeftOut;
}

/**
 * The scores of two models on the same clips: two tables, joined by the clip, or two lists; without the clips that lack one.
 * @throws {RangeError} for fewer than two clips in common, a clip that is scored twice, or a score that is not finite; {Error} for a
 *   column that is not there
 */
export function pairedColumns(
  operation: string,
  first: ScoreColumns | Numbers,
  second: ScoreColumns | Numbers,
): PairedColumns {
  if (isNumbers(first) !== isNumbers(second))
    throw new Error(`${operation}: expected two tables or two lists, received one of each`);
  const own = isNumbers(first) ? {} : ownNames(first as ScoreColumns, second as ScoreColumns);
  const [a, b] = isNumbers(first)
    ? listed(operation, first as Numbers, second as Numbers)
    : [
        read(operation, first as ScoreColumns, own.first ?? 'first'),
        read(operation, second as ScoreColumns, own.second ?? 'second'),
      ];
  const all = [...new Set([...a.scores.keys(), ...b.scores.keys()])];
  const isScored = ({ scores }: ReadScores, clip: string) => !Number.isNaN(scores.get(clip) ?? Number.NaN);
  const only = (one: ReadScores, other: ReadScores) =>
    all.filter((clip) => isScored(one, clip) && !isScored(other, clip)).length;
  const both = all.filter((clip) => isScored(a, clip) && isScored(b, clip));
  if (both.length < 2) {
    throw new RangeError(
      `${operation}: expected at least two clips that both have scored, received ${both.length}; clips are joined by their name`,
    );
  }
  const [onlyFirst, onlySecond] = [only(a, b), only(b, a)];
  const neither = all.length - both.length - onlyFirst - onlySecond;
  return {
    names: { first: own.first ?? 'first model', second: own.second ?? 'second model' },
    first: both.map((clip) => a.scores.get(clip)!),
    second: both.map((clip) => b.scores.get(clip)!),
    ...(!isNumbers(first) && { clips: both }),
    ...((a.labels || b.labels) && {
      labels: both.map((clip) => a.labels?.get(clip) ?? b.labels?.get(clip)),
    }),
    onlyFirst,
    onlySecond,
    left: neither > 0 ? { leftOut: neither } : {},
  };
}

/** The scores of one model by clip, NaN where one is missing, and the labels where there are some. */
interface ReadScores {
  scores: ReadonlyMap<string, number>;
  labels?: ReadonlyMap<string, boolean | undefined>;
}

/** Two lists, of which the place of a score is its clip. */
function listed(operation: string, first: Numbers, second: Numbers): [ReadScores, ReadScores] {
  const lists = [first, second].map((scores) => numbersOf(operation, scores));
  for (const list of lists)
    if (list.length === 0) throw new RangeError(`${operation}: expected at least one score, received none`);
  checkLengths(operation, 'scores of the second model', lists[0].length, lists[1].length);
  for (const list of lists) completeRows(operation, ['score'], [list]);
  const [a, b] = lists.map((list) => ({ scores: new Map(list.map((score, i) => [String(i), score])) }));
  return [a, b];
}

function read(operation: string, table: ScoreColumns, which: string): ReadScores {
  const place = `${operation}: ${which}`;
  const clips = column(table, 'clip', place);
  const values = numbersOf(place, column(table, 'score', place));
  completeRows(place, ['score'], [values]);
  const verdicts = hasColumn(table, 'pass')
    ? verdictsOf(place, column(table, 'pass', place), 'pass')
    : undefined;
  const scores = new Map<string, number>();
  const labels = new Map<string, boolean | undefined>();
  clips.forEach((given, row) => {
    if (isMissing(given)) {
      throw new RangeError(
        `${place}: row ${row + 1}: expected the name of a clip, received ${String(given)}`,
      );
    }
    const clip = String(given);
    if (scores.has(clip))
      throw new RangeError(`${place}: clip "${clip}" is scored twice; give the rows of one metric and model`);
    scores.set(clip, values[row]);
    labels.set(clip, verdicts?.[row]);
  });
  return { scores, ...(verdicts && { labels }) };
}

/** What tells the tables apart: the only metric of each, or else the only model. */
function ownNames(first: ScoreColumns, second: ScoreColumns): Partial<ModelNames> {
  for (const name of ['metric', 'model']) {
    const [a, b] = [first, second].map((table) => onlyValue(table, name));
    if (a !== b) return { first: a, second: b };
  }
  return {};
}

function onlyValue(table: ScoreColumns, name: string): string | undefined {
  // A table of one metric, as readScores makes it of a file, says it beside its columns.
  if (name === 'metric' && 'metric' in table && typeof table.metric === 'string') return table.metric;
  if (!hasColumn(table, name)) return undefined;
  const values = new Set(column(table, name, name));
  const [value] = values;
  return values.size === 1 && !isMissing(value) ? String(value) : undefined;
}

/** The scores of two models on the same labelled clips. */
export interface JudgedColumns {
  first: readonly number[];
  second: readonly number[];
  labels: readonly boolean[];
  left: LeftOut;
}

/**
 * `pairedColumns` with their labels, the column `pass` of either table or a third list; clips without one are left out as well.
 * @throws as `pairedColumns`, and {Error} where neither table has labels
 */
export function judgedColumns(
  operation: string,
  first: ScoreColumns | Numbers,
  second: ScoreColumns | Numbers,
  labels: Labels | undefined,
): JudgedColumns {
  const names = ['first score', 'second score', 'label'];
  if (isNumbers(first) && isNumbers(second)) {
    const verdicts = verdictsOf(operation, labels ?? [], 'label');
    const [a, b] = [first, second].map((scores) => numbersOf(operation, scores));
    checkLengths(operation, 'scores of the second model', a.length, b.length);
    checkLengths(operation, 'labels', a.length, verdicts.length);
    const { columns, left } = completeRows(operation, names, [a, b, verdicts]);
    return { first: columns[0], second: columns[1], labels: columns[2], left };
  }
  const paired = pairedColumns(operation, first, second);
  if (!paired.labels) {
    throw new Error(`${operation}: neither table has the column "pass"; give one that has, or three lists`);
  }
  const given = [paired.first, paired.second, paired.labels] as const;
  const { columns, left } = completeRows(operation, names, given);
  const unscored = paired.onlyFirst + paired.onlySecond + (paired.left.leftOut ?? 0);
  const leftOut = unscored + (left.leftOut ?? 0);
  return {
    first: columns[0],
    second: columns[1],
    labels: columns[2],
    left: leftOut > 0 ? { leftOut } : {},
  };
}
