import { type Benchmark, clusterOf } from './benchmark.js';
import { type AskedDimensions, judges } from './judges.js';
import { type ClipScores, matchScores } from './matchScores.js';
import { type Block, measured } from './measured.js';
import { pairBlock } from './pairBlock.js';
import { ratingBlock } from './ratingBlock.js';
import { BenchmarkResult, type LeftOut } from './result.js';

/** What of a benchmark is judged, and how. */
export interface BenchmarkOptions {
  /**
   * The dimensions to judge, or which score judges each (`{ VQ: 'reward_VQ' }`). Default: one score judges all; several judge the
   * dimensions of their names.
   */
  dimensions?: AskedDimensions;
  /**
   * A threshold of your own, for rows besides those whose threshold is fitted: up to which difference of scores a pair is a tie; from
   * which score on a clip is high.
   */
  threshold?: number;
  /** Of the halves of prompts, and of the bootstrap's draws. Default 0. */
  seed?: number;
  /** Draws of the bootstrap. Default 1000. */
  samples?: number;
}

/**
 * How well scores agree with the people of a benchmark, by the rules of its authors and with 95% bootstrap intervals over prompts:
 * pair accuracy without ties and with them (threshold fitted on the same pairs, as VideoAlign's code does, and on the other half of the
 * prompts), or Pearson's and Spearman's correlation, accuracies, ROC-AUC and F1. Each row says its rule, what counts and what does not.
 * Sources: docs/benchmarks.md.
 * @param scores of the benchmark's clips, by their ids, ends of their paths or names of their files
 * @throws {Error} where no score is of a clip, a name fits several, a dimension or metric is not there, or no item has its scores
 */
export function evaluate(
  benchmark: Benchmark,
  scores: ClipScores,
  { dimensions: asked, threshold, seed = 0, samples }: BenchmarkOptions = {},
): BenchmarkResult {
  checkThreshold(threshold, benchmark.preferences.length > 0);
  const { metrics, notes: matched } = matchScores(benchmark, scores);
  const { pairs, without } = judges(benchmark.dimensions, [...metrics.keys()], asked);
  const clusters = new Map(benchmark.clips.map((clip) => [clip.id, clusterOf(clip)]));
  const leftOut: LeftOut[] = [];
  const notes = [...matched, ...without.map((dimension) => `${dimension}: no score has its name`)];
  const blocks: Block[] = [];
  for (const [dimension, score] of pairs) {
    const own = metrics.get(score) as ReadonlyMap<string, number>;
    const { items, missing, block } = benchmark.preferences.length > 0 ? ofPairs() : ofRatings();
    if (missing.length > 0) {
      const count = items - block.clusters.length;
      const what = benchmark.preferences.length > 0 ? 'of a pair with a clip' : 'a clip';
      leftOut.push({
        dimension,
        count,
        reason: `${what} without a score (of ${missing.length} in all, such as ${missing[0]})`,
      });
    }
    blocks.push({ ...block, dimension, score });
    notes.push(...block.notes.map((note) => `${dimension}: ${note}`));

    function ofPairs() {
      const preferences = benchmark.preferences.filter((item) => item.dimension === dimension);
      const missing = unscored(preferences.flatMap(({ first, second }) => [first, second]));
      const judged = preferences
        .filter(({ first, second }) => own.has(first) && own.has(second))
        .map(({ first, second, preference }) => ({
          ...{ preference, difference: own.get(first)! - own.get(second)! },
          clusters: [clusters.get(first)!, clusters.get(second)!] as const,
        }));
      checkSome(judged.length);
      return { items: preferences.length, missing, block: pairBlock(judged, { threshold, seed }) };
    }

    function ofRatings() {
      const ratings = benchmark.ratings.filter((item) => item.dimension === dimension);
      const missing = unscored(ratings.map(({ clip }) => clip));
      const judged = ratings
        .filter(({ clip }) => own.has(clip))
        .map(({ clip, rating }) => ({ score: own.get(clip)!, rating, cluster: clusters.get(clip)! }));
      checkSome(judged.length);
      const scale = benchmark.scale!;
      return { items: ratings.length, missing, block: ratingBlock(judged, { scale, threshold, seed }) };
    }

    function unscored(ids: readonly string[]): string[] {
      return [...new Set(ids)].filter((id) => !own.has(id));
    }

    function checkSome(count: number): void {
      if (count > 0) return;
      throw new Error(
        `benchmark.evaluate: nothing of the dimension ${dimension} has its scores (${score}): score more of the benchmark's clips`,
      );
    }
  }
  const rows = measured(blocks, { seed, samples, means: benchmark.ratings.length > 0 });
  return new BenchmarkResult(benchmark.name, rows, leftOut, notes);
}

function checkThreshold(threshold: number | undefined, isOfTies: boolean): void {
  if (threshold === undefined || (Number.isFinite(threshold) && !(isOfTies && threshold < 0))) return;
  throw new RangeError(
    `benchmark.evaluate: threshold: expected a finite number${isOfTies ? ' from 0 on' : ''}, received ${threshold}`,
  );
}
