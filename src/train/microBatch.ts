import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RewardModel, Trainable } from '../model/rewardModel.js';
import { gpuRoom, microBatchFor } from './memory.js';

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
 *   has begun goes on as it is, whatever is free by now.
 * @throws RangeError unless `pairs` is a positive integer.
 */
export async function microBatch(
  model: RewardModel,
  { trainable = 'all', pairs = 320, folder }: { trainable?: Trainable; pairs?: number; folder?: string } = {},
): Promise<MicroBatchChoice> {
  if (!(Number.isSafeInteger(pairs) && pairs > 0)) {
    throw new RangeError(`microBatch: expected pairs to be a positive integer, received ${pairs}`);
  }
  const begun = folder === undefined ? undefined : await batchSizeOf(folder);
  const room = gpuRoom();
  const update = { most: begun ?? most, update: pairs, room: room ?? 0 };
  const found = room === undefined ? undefined : microBatchFor(model, trainable, update);
  const batchSize = begun ?? found?.batchSize ?? 1;
  // A run that has begun computes layers again where the batch that fits by keeping them is smaller.
  const again = found && (found.checkpointing || found.batchSize < batchSize);
  return { batchSize, accumulate: pairs / batchSize, ...(again && { checkpointing: true }) };
}

/** Of the run that a folder holds. */
async function batchSizeOf(folder: string): Promise<number | undefined> {
  const text = await readFile(join(folder, 'config.json'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : JSON.parse(text).batchSize;
}
