import { formatBytes } from '../base/formatBytes.js';
import { nativeBackend } from '../engine/binding.js';
import { OutOfMemoryError, outOfMemory } from '../engine/outOfMemory.js';
import type { LlmConfig } from './commonConfig.js';
import type { ClipInput } from './input/batch.js';

/** Bytes that are not asked for before they are taken. */
const always = 2 ** 28;

/** A score of one dimension, and how far the heads of an ensemble are apart on it: their sample deviation. */
export interface Rating {
  /** The score; higher is better. */
  readonly score: number;
  /** Sample deviation of the heads' scores; none of one head. */
  readonly spread?: number;
}

/** The ratings of a clip by dimension. */
export type Ratings = Readonly<Record<string, Rating>>;

/** What a clip is given: a number by a model of one head, ratings by one of several. */
export type Reward = number | Ratings;

/** What gives clips their rewards: a reward model. */
export interface Rewarder<Given extends Reward = number> {
  readonly config: { readonly llm: Pick<LlmConfig, 'heads'> };
  rewards(inputs: readonly ClipInput[]): Promise<Given[]>;
}

/** Why a clip has no score: what went wrong, or a reward that is not a number; undefined where it has one. */
export function faultOf(reward: Reward | Error): string | undefined {
  if (reward instanceof Error) return reward.message;
  if (typeof reward === 'number') return Number.isFinite(reward) ? undefined : `the model gives ${reward}`;
  const odd = Object.entries(reward).find(([, { score }]) => !Number.isFinite(score));
  return odd && `the model gives ${odd[1].score} of ${odd[0]}`;
}

/**
 * Rewards of clips that go through the model together, or why one has none. Where memory does not suffice for all of
 * them they are computed in halves, so that in the end one that does not fit fails by itself.
 * @throws what the model throws, other than that memory ran out.
 */
export async function rewardsOf<Given extends Reward>(
  model: Rewarder<Given>,
  inputs: readonly ClipInput[],
): Promise<(Given | Error)[]> {
  const asked = attentionBytes(model.config.llm, inputs);
  const room = asked < always ? always : memoryRoom();
  let failure: Error;
  if (asked > room) {
    failure = tooLarge(inputs, asked, room);
  } else {
    try {
      return await model.rewards(inputs);
    } catch (error) {
      const known = outOfMemory(error);
      if (!(known instanceof OutOfMemoryError)) throw error;
      failure = known;
    }
  }
  if (inputs.length === 1) return [failure];
  const half = Math.ceil(inputs.length / 2);
  return [
    ...(await rewardsOf(model, inputs.slice(0, half))),
    ...(await rewardsOf(model, inputs.slice(half))),
  ];
}

/**
 * Bytes that one layer's attention takes, all that grows with the square of a sequence: scores, masked scores and shares of
 * each head, and the mask, 3 · 4 · B · (heads + 1) · N² with N the longest sequence, to which the others are padded.
 */
export function attentionBytes({ heads }: Pick<LlmConfig, 'heads'>, inputs: readonly ClipInput[]): number {
  const longest = inputs.reduce((most, { inputIds }) => Math.max(most, inputIds.length), 0);
  return 12 * inputs.length * (heads + 1) * longest ** 2;
}

/** Bytes that are free; a GPU's allocator tells it by itself, while a host may end a process that takes too much. */
function memoryRoom(): number {
  return nativeBackend()?.isUsingGpuDevice ? Number.POSITIVE_INFINITY : process.availableMemory();
}

function tooLarge([{ inputIds }]: readonly ClipInput[], asked: number, room: number): Error {
  return new Error(
    `its ${inputIds.length} tokens take ${formatBytes(asked)} of memory, and ${formatBytes(room)} are free; ` +
      'shorten the prompt, or take fewer frames',
  );
}
