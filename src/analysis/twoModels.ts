import type { Interval } from '../base/bootstrap.js';
import { column, columnNames, finiteScores, type ScoreColumns } from './columns.js';
import { type DelongTest, delong } from './delong.js';
import { correlationInterval, type Influenced, influenceError } from './influence.js';
import { isNumbers } from './labelledScores.js';
import { meanInterval, pairedTest } from './meanInterval.js';
import { pearsonInfluence } from './pearson.js';
import { spearmanInfluence } from './spearman.js';
import { checkLengths } from './validate.js';

/** Two models on the same clips. */
export interface TwoModels {
  /** Clips that both have scored, and those that only one has, which are left out. */
  clips: number;
  onlyFirst: number;
  onlySecond: number;
  /** Mean scores, with Student's 95% interval. */
  first: Interval;
  second: Interval;
  /** First less second, clip by clip, with the paired 95% interval of Student, in units of the score. */
  difference: Interval;
  /** Of the hypothesis that the means are equal, by Student's paired test. */
  p: number;
  /** How far the orders, and the scores, of the two agree. */
  spearman: Interval;
  pearson: Interval;
  /** Where there are labels of both kinds: the two AUCs and their difference, by DeLong. */
  auc?: DelongTest;
}

/** Scores of both models on each clip. */
export interface PairedColumns {
  first: number[];
  second: number[];
  clips?: string[];
  labels?: boolean[];
  onlyFirst: number;
  onlySecond: number;
}

/**
 * Two models on the same clips: difference of the mean score with its paired 95% interval, agreement, and difference of AUC.
 * @param first and `second`: tables with the columns `clip` and `score`, joined by the clip; labels are the column `pass` of either
 * @throws {RangeError} for fewer than two clips in common, a clip that is scored twice, or a score that is not finite; {Error} for a
 *   column that is not there
 */
export function twoModels(first: ScoreColumns, second: ScoreColumns): TwoModels;
/** The same of two lists: the scores of either model, clip by clip. */
export function twoModels(first: ArrayLike<number>, second: ArrayLike<number>): TwoModels;
export function twoModels(
  first: ScoreColumns | ArrayLike<number>,
  second: ScoreColumns | ArrayLike<number>,
): TwoModels {
  return comparisonOf(pairedColumns('twoModels', first, second));
}

export function comparisonOf({ first, second, labels, onlyFirst, onlySecond }: PairedColumns): TwoModels {
  const of = ({ value, influences }: Influenced): Interval =>
    Number.isNaN(value)
      ? { value, low: value, high: value }
      : correlationInterval(value, influenceError(influences));
  const passes = labels?.filter(Boolean).length ?? 0;
  return {
    clips: first.length,
    onlyFirst,
    onlySecond,
    first: meanInterval(first),
    second: meanInterval(second),
    ...pairedTest(first.map((score, i) => score - second[i])),
    spearman: of(spearmanInfluence(first, second)),
    pearson: of(pearsonInfluence(first, second)),
    ...(labels && passes > 0 && passes < labels.length && { auc: delong(first, second, labels) }),
  };
}

/** @throws as `twoModels` */
export function pairedColumns(
  operation: string,
  first: ScoreColumns | ArrayLike<number>,
  second: ScoreColumns | ArrayLike<number>,
): PairedColumns {
  if (isNumbers(first) || isNumbers(second)) {
    if (!isNumbers(first) || !isNumbers(second))
      throw new Error(`${operation}: expected two tables or two lists, received one of each`);
    const [a, b] = [first, second].map((scores) => finiteScores(Array.from(scores), operation));
    checkLengths(operation, 'scores of the second model', a.length, b.length);
    return checkMany(operation, { first: a, second: b, onlyFirst: 0, onlySecond: 0 });
  }
  const [a, b] = [
    read(operation, first as ScoreColumns, 'first'),
    read(operation, second as ScoreColumns, 'second'),
  ];
  const clips = [...a.scores.keys()].filter((clip) => b.scores.has(clip));
  const verdicts = clips.map((clip) => a.labels.get(clip) ?? b.labels.get(clip));
  return checkMany(operation, {
    clips,
    first: clips.map((clip) => a.scores.get(clip)!),
    second: clips.map((clip) => b.scores.get(clip)!),
    // A clip without a label leaves no AUC of these clips.
    ...(clips.length > 0 &&
      verdicts.every((label) => label !== undefined) && { labels: verdicts as boolean[] }),
    onlyFirst: a.scores.size - clips.length,
    onlySecond: b.scores.size - clips.length,
  });
}

function read(operation: string, table: ScoreColumns, which: string) {
  const place = `${operation}: ${which}`;
  const names = column(table, 'clip', place).map(String);
  const values = finiteScores(column(table, 'score', place), place);
  const passes = columnNames(table).includes('pass') ? column(table, 'pass', place) : undefined;
  const scores = new Map<string, number>();
  const labels = new Map<string, boolean>();
  names.forEach((clip, row) => {
    if (scores.has(clip))
      throw new RangeError(`${place}: clip "${clip}" is scored twice; give the rows of one metric and model`);
    scores.set(clip, values[row]);
    const pass = passes?.[row];
    if (typeof pass === 'boolean') labels.set(clip, pass);
  });
  return { scores, labels };
}

function checkMany(operation: string, columns: PairedColumns): PairedColumns {
  const { length } = columns.first;
  if (length >= 2) return columns;
  throw new RangeError(
    `${operation}: expected at least two clips that both have scored, received ${length}; clips are joined by their name`,
  );
}
