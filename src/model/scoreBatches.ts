import { cellSignal } from '../base/host.js';
import type { Clip } from '../data/clip.js';
import type { ReadFailure } from '../data/video/readClips.js';
import { ahead } from './input/ahead.js';
import type { Processor } from './input/processor.js';
import type { Prompts } from './input/prompt.js';
import { faultOf, type Reward, type Rewarder, rewardsOf } from './rewards.js';

/** How clips go through a model. */
export interface BatchOptions {
  /** Clips that go through the model together. Default 4. */
  batchSize?: number;
  /** Stops between batches, with the signal's reason. Default: the interrupt of the notebook's cell. */
  signal?: AbortSignal;
}

/** What became of one batch of clips. */
export interface ScoredBatch<Given extends Reward = number> {
  /** The clips that have a score, in their order. */
  scores: { clip: Clip; score: Given }[];
  /** Those that cannot be read, do not fit into the memory, or whose score is not a number. */
  failures: ReadFailure[];
  /** Seconds that were waited for its clips. */
  waited: number;
}

/** What scores clips: a reward model. */
export interface ClipScorer<Given extends Reward = number> extends Rewarder<Given> {
  readonly processor: Pick<Processor, 'processMany'>;
  readonly prompts: Prompts;
}

/**
 * Scores clips batch by batch, in order. The next batches are read while the model computes this one.
 * @throws {RangeError} for a batch size that is not a whole number from 1 on; and with the signal's reason.
 */
export async function* scoreBatches<Given extends Reward = number>(
  model: ClipScorer<Given>,
  clips: readonly Clip[],
  { batchSize = 4, signal = cellSignal() }: BatchOptions = {},
): AsyncGenerator<ScoredBatch<Given>> {
  const groups = batchesOf(clips, batchSize).map((clips) => ({ clips }));
  for await (const batch of ahead(model.processor, groups, model.prompts, signal)) {
    signal?.throwIfAborted();
    const { clips } = batch.group;
    const readable = batch.inputs.filter((input) => input !== undefined);
    const rewards = readable.length > 0 ? await rewardsOf(model, readable) : [];
    const scores = new Map<string, Given>();
    const failures = [...batch.failures];
    let next = 0;
    for (const [i, input] of batch.inputs.entries()) {
      if (!input) continue;
      const reward = rewards[next++];
      if (reward instanceof Error) failures.push({ clip: clips[i], reason: reward.message });
      else scores.set(clips[i].id, reward);
    }
    yield scoredBatch(clips, scores, failures, batch.waited);
  }
}

/** The outcomes of a batch by its clips. @param scores by clip id; of the clips that could be read. */
export function scoredBatch<Given extends Reward>(
  clips: readonly Clip[],
  scores: ReadonlyMap<string, Given>,
  unread: readonly ReadFailure[],
  waited: number,
): ScoredBatch<Given> {
  const read = clips
    .filter(({ id }) => scores.has(id))
    .map((clip) => ({ clip, score: scores.get(clip.id) as Given }));
  const odd = read.flatMap(({ clip, score }) => {
    const reason = faultOf(score);
    return reason === undefined ? [] : [{ clip, reason }];
  });
  return {
    scores: read.filter(({ score }) => faultOf(score) === undefined),
    failures: [...unread, ...odd],
    waited,
  };
}

/** Clips in batches. @throws {RangeError} for a size that is not a whole number from 1 on. */
export function batchesOf<T>(clips: readonly T[], batchSize: number): T[][] {
  if (!(Number.isSafeInteger(batchSize) && batchSize > 0)) {
    throw new RangeError(`score: expected batchSize to be a positive integer, received ${batchSize}`);
  }
  return Array.from({ length: Math.ceil(clips.length / batchSize) }, (_, i) =>
    clips.slice(i * batchSize, (i + 1) * batchSize),
  );
}
