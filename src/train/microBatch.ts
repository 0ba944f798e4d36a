import { gpuRoom } from '../engine/gpuRoom.js';
import type { RewardModel, Trainable } from '../model/rewardModel.js';
import { microBatchFor } from './memory.js';
import { readRunConfig } from './runConfig.js';

/** Most pairs that are worth to be taken at once. */
const most = 8;

/** How an update goes through the model, as options of `fit`. */
export interface MicroBatchChoice {
  /** Pairs whose gradient is taken at once. */
  batchSize: number;
  /** Batches an update. */
  accumulate: number;
  /** True where layers have to be computed again from the first batch on; else `fit` does so where memory runs out. */
  checkpointing?: true;
}

/**
 * In which batches an update goes through the model: on a GPU the largest, up to 8 pairs, whose gradient fits into the
 * memory that is free; elsewhere, and where the memory is not known beforehand, pair by pair.
 * batchSize x accumulate = pairs.
 * @param options `trainable` as for `fit` (default `all`); `pairs` an update (default 320); `folder` of a run: one that
 *   has begun continues in its own batches, whatever is free by now.
 * @throws RangeError unless `pairs` is a positive integer.
 */
export async function microBatch(
  model: RewardModel,
  { trainable = 'all', pairs = 320, folder }: { trainable?: Trainable; pairs?: number; folder?: string } = {},
): Promise<MicroBatchChoice> {
  if (!(Number.isSafeInteger(pairs) && pairs > 0)) {
    throw new RangeError(`microBatch: expected pairs to be a positive integer, received ${pairs}`);
  }
  const chosen = await chooseMicroBatch(model, { trainable, pairs, folder });
  return chosen ?? { batchSize: 1, accumulate: pairs };
}

/** As `microBatch`; undefined where neither a run that has begun nor the memory of a GPU decides. */
export async function chooseMicroBatch(
  model: RewardModel,
  { trainable, pairs, folder }: { trainable: Trainable; pairs: number; folder?: string },
): Promise<MicroBatchChoice | undefined> {
  const begun = folder ? await batchesOf(folder) : undefined;
  const room = gpuRoom();
  const update = { most: begun?.batchSize ?? most, update: pairs, room: room ?? 0 };
  const found = room === undefined ? undefined : microBatchFor(model, trainable, update);
  const batches = begun ?? (found && { batchSize: found.batchSize, accumulate: pairs / found.batchSize });
  if (!batches) return undefined;
  // A run that has begun computes layers again where the batch that fits by keeping them is smaller. Where the estimate
  // says that it is not needed, running out of memory may still turn it on.
  const again = found && (found.checkpointing || found.batchSize < batches.batchSize);
  return { ...batches, ...(again && { checkpointing: true }) };
}

/** Of the run that a folder holds. */
async function batchesOf(folder: string): Promise<{ batchSize: number; accumulate: number } | undefined> {
  const config = await readRunConfig(folder);
  return config && { batchSize: Number(config.batchSize), accumulate: Number(config.accumulate) };
}
