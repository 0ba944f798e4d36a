import { heads } from '../../src/model/heads.js';
import type { NewHead } from '../../src/model/load.js';
import { newHead } from '../../src/model/newHead.js';
import type { RewardHeads } from '../../src/model/rewardHeads.js';
import type { RewardModel } from '../../src/model/rewardModel.js';
import { smallModel } from './smallModel.js';

/** A new head of a small model, over both of its layers. */
export const smallHead = (model: RewardModel, head: NewHead = {}): RewardModel =>
  newHead(model, { layers: [1, 2], ...head });

/** Heads over the backbone of one small model: of each dimension those with these seeds. */
export async function smallHeads(seeds: Record<string, readonly number[]>): Promise<RewardHeads> {
  const base = await smallModel();
  return heads(
    Object.fromEntries(
      Object.entries(seeds).map(([dimension, own]) => [
        dimension,
        own.map((seed) => smallHead(base, { seed })),
      ]),
    ),
  );
}
