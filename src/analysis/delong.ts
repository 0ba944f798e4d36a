import { ordered } from '../base/argsort.js';
import type { Interval } from '../base/bootstrap.js';
import { twoSidedP } from '../base/normal.js';
import { isList, type ScoreColumns } from './columns.js';
import type { LeftOut, Numbers } from './completeRows.js';
import { type Influenced, influenceError, normalInterval } from './influence.js';
import { type LabelledArguments, type Labels, labelledScores } from './labelledScores.js';
import { judgedColumns } from './pairedColumns.js';
import { passCount, tieEnds } from './rank.js';
import { checkLabelled, checkLengths } from './validate.js';

/** Two AUCs on the same clips. */
export interface DelongTest extends LeftOut {
  /** The AUC of each, with its 95% interval. */
  first: Interval;
  /** The AUC of the second, with its 95% interval. */
  second: Interval;
  /** First minus second, with its 95% interval. */
  difference: Interval;
  /** Difference over its standard error. */
  z: number;
  /** Of the hypothesis that the two AUCs are equal, two-sided; 1 where the two orders are the same. */
  p: number;
}

/**
 * DeLong's test for the AUCs of two scores of the same clips, in O(n log n). Clips without both scores and a label are left out and
 * counted.
 * Source: DeLong, DeLong and Clarke-Pearson 1988; placements from one sort, as Sun and Xu 2014.
 * @param first and `second`: tables with the columns `clip` and `score`, joined by the clip; labels are the column `pass` of either
 * @throws {RangeError} for no score, one that is not finite, lists of different lengths, or labels of one kind only; {Error} for a
 *   column that is not there
 */
export function delong(first: ScoreColumns, second: ScoreColumns): DelongTest;
/** The same of three lists: the scores of either model, clip by clip, and labels, of which true is Pass. */
export function delong(first: Numbers, second: Numbers, labels: Labels): DelongTest;
export function delong(
  first: ScoreColumns | Numbers,
  second: ScoreColumns | Numbers,
  labels?: Labels,
): DelongTest {
  const given = judgedColumns('delong', first, second, labels);
  checkLabelled('delong', given.first, given.labels);
  return { ...delongOf(given.first, given.second, given.labels), ...given.left };
}

/** DeLong's test of finite scores and labels of both kinds. */
export function delongOf(
  first: readonly number[],
  second: readonly number[],
  labels: readonly boolean[],
): DelongTest {
  const [a, b] = [placements(first, labels), placements(second, labels)];
  const [aucA, aucB] = [aucOf(a, labels), aucOf(b, labels)];
  const difference = aucA - aucB;
  const error = errorOf(
    a.map((place, i) => place - b[i]),
    labels,
  );
  const z = difference === 0 ? 0 : difference / error;
  return {
    first: normalInterval(aucA, errorOf(a, labels), [0, 1]),
    second: normalInterval(aucB, errorOf(b, labels), [0, 1]),
    difference: normalInterval(difference, error, [-1, 1]),
    z,
    p: twoSidedP(z),
  };
}

/**
 * The AUC with DeLong's 95% interval; where clips of a cluster (a prompt, for example) are not independent, with that
 * of Obuchowski 1997. Rows without a score or a label are left out and counted.
 * @param table a table with the columns `score` and `pass`
 * @param options `cluster`: the column of what clips that are not independent have in common, such as their prompt
 * @throws {RangeError} for no score, one that is not finite, another number of labels, or labels of one kind only
 */
export function aucInterval(table: ScoreColumns, options?: { cluster?: string }): Interval & LeftOut;
/** The same of two lists: scores, and labels, of which true is Pass; and the cluster of each score. */
export function aucInterval(
  scores: Numbers,
  labels: Labels,
  clusters?: readonly string[],
): Interval & LeftOut;
export function aucInterval(
  ...given: LabelledArguments<{ cluster?: string } | readonly string[]>
): Interval & LeftOut {
  const { scores, labels, options, column, pick, rows, left } = labelledScores('aucInterval', given);
  checkLabelled('aucInterval', scores, labels);
  let clusters: readonly string[] | undefined;
  if (isList(options)) {
    checkLengths('aucInterval', 'clusters', rows, options.length);
    clusters = pick(options);
  } else if (options?.cluster !== undefined) clusters = column(options.cluster).map(String);
  return { ...areaOf(scores, labels, clusters), ...left };
}

/** The AUC of finite scores and labels of both kinds, with its 95% interval. */
export function areaOf(
  scores: readonly number[],
  labels: readonly boolean[],
  clusters?: readonly string[],
): Interval {
  const places = placements(scores, labels);
  const value = aucOf(places, labels);
  const error = clusters ? influenceError(influencesOf(places, labels), clusters) : errorOf(places, labels);
  return normalInterval(value, error, [0, 1]);
}

/** The AUC with the influence of each clip; see `influenceError`. */
export function aucInfluence(scores: readonly number[], labels: readonly boolean[]): Influenced {
  checkLabelled('aucInfluence', scores, labels);
  const places = placements(scores, labels);
  return { value: aucOf(places, labels), influences: influencesOf(places, labels) };
}

/** For each Pass the share of Fails below it, for each Fail the share of Passes above it; ties count half. */
function placements(scores: readonly number[], labels: readonly boolean[]): Float64Array {
  const places = new Float64Array(scores.length);
  const { order, sorted } = ordered(scores);
  const ends = tieEnds(sorted);
  const passes = passCount(labels);
  const fails = labels.length - passes;
  let [passesBelow, failsBelow] = [0, 0];
  for (let run = 0, start = 0; run < ends.length; start = ends[run++]) {
    let passesHere = 0;
    for (let i = start; i < ends[run]; i++) if (labels[order[i]]) passesHere++;
    const failsHere = ends[run] - start - passesHere;
    const ofPass = (failsBelow + failsHere / 2) / fails;
    const ofFail = (passes - passesBelow - passesHere / 2) / passes;
    for (let i = start; i < ends[run]; i++) places[order[i]] = labels[order[i]] ? ofPass : ofFail;
    passesBelow += passesHere;
    failsBelow += failsHere;
  }
  return places;
}

/** Mean of the values of one label. */
function meanOfLabel(values: Float64Array, labels: readonly boolean[], label: boolean): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (labels[i] !== label) continue;
    sum += values[i];
    count++;
  }
  return sum / count;
}

const aucOf = (places: Float64Array, labels: readonly boolean[]): number => meanOfLabel(places, labels, true);

/** Squared standard error of the mean of the values of one label; 0 of one value, whose spread is not known. */
function meanVariance(values: Float64Array, labels: readonly boolean[], label: boolean): number {
  const mean = meanOfLabel(values, labels, label);
  let [squares, count] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (labels[i] !== label) continue;
    squares += (values[i] - mean) ** 2;
    count++;
  }
  return count === 1 ? 0 : squares / (count - 1) / count;
}

const errorOf = (places: Float64Array, labels: readonly boolean[]): number =>
  Math.sqrt(meanVariance(places, labels, true) + meanVariance(places, labels, false));

function influencesOf(places: Float64Array, labels: readonly boolean[]): Float64Array {
  const value = aucOf(places, labels);
  const passes = passCount(labels);
  const influences = new Float64Array(labels.length);
  for (let i = 0; i < labels.length; i++)
    influences[i] = ((places[i] - value) * labels.length) / (labels[i] ? passes : labels.length - passes);
  return influences;
}
