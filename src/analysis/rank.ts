import { argsort } from '../base/argsort.js';

/** Indices of scores in ascending order of score. */
export function ascending(scores: readonly number[]): number[] {
  return Array.from(argsort(scores));
}

/**
 * Ranks from 1 on; equal values share the mean of their ranks.
 * @param values finite numbers
 * @param order their indices in ascending order; where some are left out, the others are ranked among themselves
 */
export function midranks(values: readonly number[], order = argsort(values)): Float64Array {
  const ranks = new Float64Array(values.length);
  const ends = tieEnds(order, values);
  for (let run = 0, start = 0; run < ends.length; start = ends[run++]) {
    for (let i = start; i < ends[run]; i++) ranks[order[i]] = (start + 1 + ends[run]) / 2;
  }
  return ranks;
}

/** Where each run of equal values ends in the order of the values: the first starts at 0, each other where one ends. */
export function tieEnds(order: Uint32Array, values: readonly number[]): Uint32Array {
  const ends = new Uint32Array(order.length);
  let runs = 0;
  for (let i = 1; i <= order.length; i++)
    if (i === order.length || values[order[i]] !== values[order[i - 1]]) ends[runs++] = i;
  return ends.subarray(0, runs);
}

/**
 * How many of all (Pass, Fail) pairs have the Pass score above the Fail score (`wins`), and how many equal (`ties`):
 * the two parts of the Mann-Whitney statistic, in O(n log n).
 */
export function comparePairs(
  scores: readonly number[],
  labels: readonly boolean[],
): { wins: number; ties: number; pairs: number } {
  const everyOnce = new Uint32Array(scores.length).fill(1);
  return compareWeighted(argsort(scores), scores, labels, everyOnce);
}

/** `comparePairs` where each item counts as often as its weight; `order` is that of the scores, in O(n). */
export function compareWeighted(
  order: Uint32Array,
  scores: readonly number[],
  labels: readonly boolean[],
  weights: ArrayLike<number>,
): { wins: number; ties: number; pairs: number } {
  let wins = 0;
  let ties = 0;
  let passes = 0;
  let fails = 0;
  for (let start = 0, end = 0; start < order.length; start = end) {
    const score = scores[order[start]];
    let passesHere = 0;
    let failsHere = 0;
    for (; end < order.length && scores[order[end]] === score; end++) {
      if (labels[order[end]]) passesHere += weights[order[end]];
      else failsHere += weights[order[end]];
    }
    wins += passesHere * fails;
    ties += passesHere * failsHere;
    passes += passesHere;
    fails += failsHere;
  }
  return { wins, ties, pairs: passes * fails };
}
