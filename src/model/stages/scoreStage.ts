import { cellSignal } from '../../base/host.js';
import type { Clip } from '../../data/clip.js';
import type { ReadFailure } from '../../data/video/readClips.js';
import { readAhead } from '../input/ahead.js';
import type { Reward } from '../rewards.js';
import { type BatchOptions, batchesOf, type ScoredBatch, scoredBatch } from '../scoreBatches.js';

/** What scores clips from what is kept of them: a stage of a model, or those of several heads. */
export interface ScoringStage<Given extends Reward> {
  /** The clips that could not be read, by id. */
  readonly failures: ReadonlyMap<string, ReadFailure>;
  /** Seconds that were waited for clips to be read. */
  readonly waited: number;
  prepare(clips: readonly Clip[], signal?: AbortSignal): void;
  score(clips: readonly Clip[], signal?: AbortSignal): Promise<Map<string, Given>>;
}

/**
 * Scores clips batch by batch, in order, from what a stage keeps of them; what it does not keep yet is read ahead.
 * @throws as `scoreBatches`.
 */
export async function* scoreStage<Given extends Reward = number>(
  stage: ScoringStage<Given>,
  clips: readonly Clip[],
  { batchSize = 4, signal = cellSignal() }: BatchOptions = {},
): AsyncGenerator<ScoredBatch<Given>> {
  const batches = batchesOf(clips, batchSize);
  for (const [i, batch] of batches.entries()) {
    const before = stage.waited;
    const scoring = stage.score(batch, signal);
    stage.prepare(batches.slice(i + 1, i + 1 + readAhead).flat(), signal);
    const scores = await scoring;
    signal?.throwIfAborted();
    const failures = batch.flatMap(({ id }) => stage.failures.get(id) ?? []);
    yield scoredBatch(batch, scores, failures, stage.waited - before);
  }
}
