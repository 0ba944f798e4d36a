import { argsort, type Ordered, ordered } from '../base/argsort.js';

/** Indices of scores in ascending order of score. */
export function ascending(scores: readonly number[]): number[] {
  return Array.from(argsort(scores));
}

/** Ranks from 1 on of finite values; equal ones share the mean of their ranks. */
export function midranks(values: ArrayLike<number>): Float64Array {
  const { order, sorted } = ordered(values);
  const ranks = new Float64Array(values.length);
  const ends = tieEnds(sorted);
  for (let run = 0, start = 0; run < ends.length; start = ends[run++]) {
    const rank = (start + 1 + ends[run]) / 2;
    for (let i = start; i < ends[run]; i++) ranks[order[i]] = rank;
  }
  return ranks;
}

/** Where each run of equal values ends among sorted ones: the first starts at 0, each other where one ends. */
export function tieEnds(sorted: Float64Array): Uint32Array {
  const ends = new Uint32Array(sorted.length);
  let runs = 0;
  for (let i = 1; i <= sorted.length; i++)
    if (i === sorted.length || sorted[i] !== sorted[i - 1]) ends[runs++] = i;
  return ends.subarray(0, runs);
}

/** 1 for Pass and 0 for Fail: a million of them are soon read in any order. */
export function passBytes(labels: readonly boolean[]): Uint8Array {
  const bytes = new Uint8Array(labels.length);
  for (let i = 0; i < labels.length; i++) bytes[i] = labels[i] ? 1 : 0;
  return bytes;
}

/** How many labels are Pass. */
export function passCount(labels: readonly boolean[]): number {
  let passes = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i]) passes++;
  return passes;
}

/**
 * How many of all (Pass, Fail) pairs have the Pass score above the Fail score (`wins`), and how many equal (`ties`):
 * the two parts of the Mann-Whitney statistic, in O(n log n).
 */
export function comparePairs(
  scores: readonly number[],
  labels: readonly boolean[],
): { wins: number; ties: number; pairs: number } {
  const everyOnce = new Uint8Array(scores.length).fill(1);
  return compareWeighted(ordered(scores), passBytes(labels), everyOnce);
}

/** `comparePairs` of scores in their order and `passBytes`, where each item counts as often as its weight, in O(n). */
export function compareWeighted(
  { order, sorted }: Ordered,
  isPass: Uint8Array,
  weights: Uint8Array | Uint32Array,
): { wins: number; ties: number; pairs: number } {
  let wins = 0;
  let ties = 0;
  let passes = 0;
  let fails = 0;
  for (let start = 0, end = 0; start < order.length; start = end) {
    const score = sorted[start];
    let passesHere = 0;
    let failsHere = 0;
    for (; end < order.length && sorted[end] === score; end++) {
      const index = order[end];
      if (isPass[index] === 1) passesHere += weights[index];
      else failsHere += weights[index];
    }
    wins += passesHere * fails;
    ties += passesHere * failsHere;
    passes += passesHere;
    fails += failsHere;
  }
  return { wins, ties, pairs: passes * fails };
}
