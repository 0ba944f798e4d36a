import { argsort } from '../base/argsort.js';
import type { Interval } from '../base/bootstrap.js';
import { twoSidedP } from '../base/normal.js';
import { type Influenced, influenceError, normalInterval } from './influence.js';
import { tieEnds } from './rank.js';
import { checkLabelled } from './validate.js';

/** Two AUCs on the same clips. */
export interface DelongTest {
  /** The AUC of each, with its 95% interval. */
  first: Interval;
  second: Interval;
  /** First minus second, with its 95% interval. */
  difference: Interval;
  /** Difference over its standard error. */
  z: number;
  /** Of the hypothesis that the two AUCs are equal, two-sided; 1 where the two orders are the same. */
  p: number;
}

/**
 * DeLong's test for the AUCs of two scores of the same clips, in O(n log n).
 * Source: DeLong, DeLong and Clarke-Pearson 1988; placements from one sort, as Sun and Xu 2014.
 * @throws {RangeError} for no or non-finite scores, lists of different lengths, or labels of one kind only
 */
export function delong(
  first: readonly number[],
  second: readonly number[],
  labels: readonly boolean[],
): DelongTest {
  checkLabelled('delong', first, labels);
  checkLabelled('delong', second, labels);
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
 * of Obuchowski 1997.
 * @param clusters the cluster of each score
 * @throws {RangeError} for no or non-finite scores, another number of labels, or labels of one kind only
 */
export function aucInterval(
  scores: readonly number[],
  labels: readonly boolean[],
  clusters?: readonly string[],
): Interval {
  checkLabelled('aucInterval', scores, labels);
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
  const order = argsort(scores);
  const ends = tieEnds(order, scores);
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

const passCount = (labels: readonly boolean[]): number =>
  labels.reduce((count, label) => count + Number(label), 0);

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
