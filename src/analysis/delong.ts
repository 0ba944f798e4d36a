import { argsort } from '../base/argsort.js';
import type { Interval } from '../base/bootstrap.js';
import { twoSidedP } from '../base/normal.js';
import { checkLabelled } from './check.js';
import { influenceError, meanOf, normalInterval } from './influence.js';
import { midranks } from './rank.js';

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
 * Source: DeLong, DeLong and Clarke-Pearson 1988; placements from mid-ranks as Sun and Xu 2014.
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
  const difference = aucOf(a) - aucOf(b);
  const error = errorOf({
    passes: a.passes.map((place, i) => place - b.passes[i]),
    fails: a.fails.map((place, i) => place - b.fails[i]),
  });
  const z = difference === 0 ? 0 : difference / error;
  return {
    first: normalInterval(aucOf(a), errorOf(a), [0, 1]),
    second: normalInterval(aucOf(b), errorOf(b), [0, 1]),
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
  const value = aucOf(places);
  const error = clusters ? influenceError(influencesOf(places, labels), clusters) : errorOf(places);
  return normalInterval(value, error, [0, 1]);
}

/** How much each clip moves the AUC; see `influenceError`. */
export function aucInfluence(scores: readonly number[], labels: readonly boolean[]): Float64Array {
  checkLabelled('aucInfluence', scores, labels);
  return influencesOf(placements(scores, labels), labels);
}

/** For each Pass the share of Fails below it, for each Fail the share of Passes above it; ties count half. */
interface Placements {
  passes: Float64Array;
  fails: Float64Array;
}

function placements(scores: readonly number[], labels: readonly boolean[]): Placements {
  const order = argsort(scores);
  const ranks = midranks(scores, order);
  const ofLabel = (label: boolean, others: number, place: (below: number) => number) => {
    const own = midranks(
      scores,
      order.filter((i) => labels[i] === label),
    );
    const places = new Float64Array(labels.length - others);
    let next = 0;
    for (let i = 0; i < labels.length; i++)
      if (labels[i] === label) places[next++] = place((ranks[i] - own[i]) / others);
    return places;
  };
  const passes = labels.reduce((count, label) => count + Number(label), 0);
  return {
    passes: ofLabel(true, labels.length - passes, (below) => below),
    fails: ofLabel(false, passes, (below) => 1 - below),
  };
}

const aucOf = ({ passes }: Placements): number => meanOf(passes);

const errorOf = ({ passes, fails }: Placements): number =>
  Math.sqrt(variance(passes) / passes.length + variance(fails) / fails.length);

/** Sample variance; 0 of one value, whose spread is not known. */
function variance(values: Float64Array): number {
  if (values.length === 1) return 0;
  const mean = meanOf(values);
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return squares / (values.length - 1);
}

function influencesOf(places: Placements, labels: readonly boolean[]): Float64Array {
  const value = aucOf(places);
  const next = { passes: 0, fails: 0 };
  return Float64Array.from(labels, (label) => {
    const kind = label ? 'passes' : 'fails';
    const place = places[kind][next[kind]++];
    return ((place - value) * labels.length) / places[kind].length;
  });
}
