import { cellSignal } from '../../base/host.js';
import type { Clip } from '../../data/clip.js';
import { readAhead } from '../input/ahead.js';
import { type BatchOptions, batchesOf, type ScoredBatch, scoredBatch } from '../scoreBatches.js';
import type { Stage } from './stage.js';

/**
 * Scores clips batch by batch, in order, from what a stage keeps of them; what it does not keep yet is read ahead.
 * @throws as `scoreBatches`.
 */
export async function* scoreStage(
  stage: Stage,
  clips: readonly Clip[],
  { batchSize = 4, signal = cellSignal() }: BatchOptions = {},
): AsyncGenerator<ScoredBatch> {
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
