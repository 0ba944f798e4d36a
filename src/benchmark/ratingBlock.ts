import { auc } from '../analysis/auc.js';
import { pearson } from '../analysis/pearson.js';
import { spearman } from '../analysis/spearman.js';
import { roundHalfToEven } from '../base/roundHalfToEven.js';
import type { RatingScale } from './benchmark.js';
import { accuracy, type CutMeasure, confusion, f1, fitCut } from './cuts.js';
import { halvesOf } from './halves.js';
import type { Block, Measure } from './measured.js';

/** A clip with its score, its rating and its prompt. */
export interface RatedClip {
  score: number;
  rating: number;
  cluster: string;
}

export interface RatingBlockOptions {
  scale: RatingScale;
  /** A score from which on a clip is high, besides those that are fitted. */
  threshold?: number;
  seed: number;
}

/** How scores of a dimension agree with its ratings. */
export function ratingBlock(
  clips: readonly RatedClip[],
  options: RatingBlockOptions,
): Omit<Block, 'dimension' | 'score'> & { notes: string[] } {
  const sorted = [...clips].sort((a, b) => b.score - a.score);
  const { lowest, highest, high } = options.scale;
  const notes: string[] = [];
  const measures: Measure[] = [];
  if (highest - lowest > 1) {
    measures.push(...correlations(sorted));
    const [most, least] = [sorted[0].score, sorted[sorted.length - 1].score];
    if (lowest <= least && most <= highest) measures.push(...sameRating(sorted));
    else
      notes.push(
        `no accuracy of whole ratings: the scores are from ${least} to ${most}, the ratings from ${lowest} to ${highest}`,
      );
  }
  if (high !== undefined) {
    const judged = sorted.map((clip) => ({ ...clip, high: clip.rating >= high }));
    const highs = judged.filter((clip) => clip.high).length;
    if (highs > 0 && highs < judged.length) {
      const { measures: cuts, notes: said } = highMeasures(judged, { ...options, high });
      measures.push(...cuts);
      notes.push(...said);
    } else
      notes.push(`${highs} of ${judged.length} ratings are ${high} or more: high and low cannot be compared`);
  }
  return { clusters: sorted.map(({ cluster }) => [cluster]), measures, notes };
}

/** Each row as often as it counts. */
function repeated<T>(values: readonly T[], weights: Float64Array): T[] {
  const all: T[] = [];
  for (let row = 0; row < values.length; row++)
    for (let times = weights[row]; times > 0; times--) all.push(values[row]);
  return all;
}

function correlations(clips: readonly RatedClip[]): Measure[] {
  const [scores, ratings] = [clips.map(({ score }) => score), clips.map(({ rating }) => rating)];
  const of = (correlation: typeof pearson) => (weights: Float64Array) => {
    const drawn = repeated(scores, weights);
    return drawn.length < 2 ? Number.NaN : correlation(drawn, repeated(ratings, weights));
  };
  const shared = { n: clips.length, thresholds: [] };
  return [
    { metric: 'pearson', rule: 'PLCC', ...shared, of: of(pearson) },
    { metric: 'spearman', rule: 'SRCC', ...shared, of: of(spearman) },
  ];
}

/** Scores that are on the scale of the ratings, rounded as Python does. */
function sameRating(clips: readonly RatedClip[]): Measure[] {
  const apart = clips.map(({ score, rating }) => Math.abs(roundHalfToEven(score) - rating));
  const within = (most: number) => (weights: Float64Array) => {
    let [total, right] = [0, 0];
    for (let row = 0; row < apart.length; row++) {
      total += weights[row];
      if (apart[row] <= most) right += weights[row];
    }
    return right / total;
  };
  const shared = { n: clips.length, thresholds: [] };
  return [
    { metric: 'accuracy', rule: 'the rounded score is the rating', ...shared, of: within(0) },
    { metric: 'relaxed accuracy', rule: 'at most 1 apart', ...shared, of: within(1) },
  ];
}

interface HighClip extends RatedClip {
  high: boolean;
}

/** How scores tell high ratings from low ones. */
function highMeasures(
  clips: readonly HighClip[],
  { high, threshold, seed }: Omit<RatingBlockOptions, 'scale'> & { high: number },
): { measures: Measure[]; notes: string[] } {
  const [n, notes] = [clips.length, [] as string[]];
  const [scores, labels] = [clips.map(({ score }) => score), clips.map((clip) => clip.high)];
  const measures: Measure[] = [
    {
      ...{ metric: 'auc', rule: `ROC-AUC, ratings from ${high} on are high`, n, thresholds: [] },
      of(weights) {
        const drawn = repeated(labels, weights);
        const isOneKind = drawn.every((label) => label === drawn[0]);
        return isOneKind ? Number.NaN : auc(repeated(scores, weights), drawn);
      },
    },
  ];
  const both: readonly [string, CutMeasure][] = [
    ['f1', f1],
    ['accuracy', accuracy],
  ];
  const half = halvesOf(
    clips.map(({ cluster }) => cluster),
    seed,
  );
  const sides = clips.map(({ cluster }) => half.get(cluster) as 0 | 1);
  const masked = (weights: Float64Array, side: number) =>
    weights.map((weight, row) => (sides[row] === side ? weight : 0));
  if (half.size > 1)
    for (const [metric, measure] of both) {
      const cuts = (weights: Float64Array) =>
        [0, 1].map((side) => {
          const own = masked(weights, side);
          return own.some((weight) => weight > 0) ? fitCut(clips, own, measure) : Number.NaN;
        });
      measures.push({
        ...{
          metric,
          rule: `threshold fitted on the other half of the prompts, ratings from ${high} on are high`,
        },
        ...{ n, thresholds: cuts(new Float64Array(n).fill(1)) },
        of(weights) {
          const [first, second] = cuts(weights);
          // A draw may leave nothing of a half.
          if (Number.isNaN(first + second)) return Number.NaN;
          return measure(
            confusion(clips, weights, ({ cluster }) => (half.get(cluster) === 0 ? second : first)),
          );
        },
      });
    }
  else notes.push('too few prompts for two halves: no threshold is fitted on the other one');
  if (threshold !== undefined)
    for (const [metric, measure] of both)
      measures.push({
        ...{ metric, rule: `threshold given, ratings from ${high} on are high`, n, thresholds: [threshold] },
        of: (weights) => measure(confusion(clips, weights, () => threshold)),
      });
  return { measures, notes };
}
