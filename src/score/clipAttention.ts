import { cellSignal } from '../base/host.js';
import { type Tensor, type Tensor2D, type Tensor3D, tf } from '../engine/tf.js';
import type { VisualLayout } from '../model/family/family.js';
import { familyOf } from '../model/family/familyOf.js';
import { type ClipInput, disposeBatch } from '../model/input/batch.js';
import type { RewardModel } from '../model/rewardModel.js';
import type { BatchOptions } from '../model/scoreBatches.js';
import type { Attention } from '../notebook/messages.js';
import { type ClipOrRow, clipOf } from './clipOf.js';

/** One reading of a clip's tokens by a query of the head. */
export interface Reading {
  /**
   * The query, by its parameters: the progressive queries of HPQA in their order, then the final one. Of a head without
   * queries `gradient`.
   */
  query: string;
  /** Share of each sampled frame, [T]; with `text` they add up to 1. */
  frames: number[];
  /** Share of all tokens that are not of a frame: instructions, prompt, template. Of a gradient, 0: it is of the frames alone. */
  text: number;
}

/** Where a reward head looked in a clip; a player shows it. */
export interface ClipAttention extends Attention {
  /** Each query's reading by itself. */
  readings: Reading[];
}

/**
 * Where a model's head looks in clips. With learned queries: the softmax shares of each query over the clip's tokens, averaged
 * over its 8 heads. Without (`meanpool`, `maxpool`, the last token, "good"): how much the reward depends on each visual token,
 * |gradient · token|, as shares. `frames` and `maps` are means over the readings. Source: the paper's HPQA, section 3.
 * @returns one for each clip, in their order: `gallery(best, { attention: await attention(model, best) })`
 * @param rows clips, or rows of scores or labels
 * @throws when a clip has no path or cannot be read, with the reason.
 */
export async function attention(
  model: RewardModel,
  rows: readonly ClipOrRow[],
  { signal = cellSignal() }: Pick<BatchOptions, 'signal'> = {},
): Promise<ClipAttention[]> {
  const clips = rows.map((row) => clipOf('attention', row));
  const { inputs, failures } = await model.processor.processMany(clips, model.prompts, { signal });
  if (failures.length > 0) {
    throw new Error(`attention: clip "${failures[0].clip.id}": ${failures[0].reason}`);
  }
  const results: ClipAttention[] = [];
  for (const input of inputs as ClipInput[]) {
    signal?.throwIfAborted();
    results.push(await attentionTo(model, input));
  }
  return results;
}

async function attentionTo(model: RewardModel, input: ClipInput): Promise<ClipAttention> {
  const family = familyOf(model.config);
  const batch = model.collate([input]);
  const names: string[] = [];
  const visual = model.encodeVision(batch.pixelValues, batch.grids);
  const rewardOf = (tokens: Tensor2D, onReading?: (name: string, ofHeads: Tensor3D) => void) => {
    const states = model.decode(batch.inputIds, batch.attentionMask, tokens, batch.grids, batch.positions);
    return model.head.reward(states, batch.attentionMask, undefined, onReading);
  };
  const shares = tf.tidy(() => {
    const found: Tensor2D[] = [];
    rewardOf(visual, (name, ofHeads) => {
      names.push(name);
      found.push(tf.keep(tf.mean(ofHeads, 1) as Tensor2D));
    });
    return found;
  });
  const tokens = model.processor.tokens.id(family.placeholder);
  const places = [...input.inputIds].flatMap((id, place) => (id === tokens ? place : []));
  const layout = family.visualLayout(model.config, batch);
  const perToken: number[][] = [];
  for (const share of shares) {
    const values = await share.data();
    share.dispose();
    perToken.push(places.map((place) => values[place]));
  }
  if (names.length === 0) {
    names.push('gradient');
    perToken.push(await dependence(visual, rewardOf));
  }
  visual.dispose();
  disposeBatch(batch);
  return summary(names, perToken, layout);
}

/** How much a reward depends on each visual token, as shares; 0 where it depends on none. */
async function dependence(visual: Tensor2D, rewardOf: (tokens: Tensor2D) => Tensor): Promise<number[]> {
  const products = tf.tidy(() => {
    const gradient = tf.grad((tokens) => tf.sum(rewardOf(tokens as Tensor2D)))(visual);
    return tf.abs(tf.sum(tf.mul(gradient, visual), -1));
  });
  const values = [...(await products.data())];
  products.dispose();
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => (sum > 0 ? value / sum : 0));
}

/** @param perToken shares of the visual tokens in each reading. */
function summary(
  names: string[],
  perToken: number[][],
  { frames, rows, columns }: VisualLayout,
): ClipAttention {
  const size = perToken[0].length / frames;
  const total = (values: number[]) => values.reduce((sum, value) => sum + value, 0);
  const perFrame = (values: number[]) =>
    Array.from({ length: frames }, (_, frame) => values.slice(frame * size, (frame + 1) * size));
  const mean = perToken[0].map(
    (_, token) => total(perToken.map((values) => values[token])) / perToken.length,
  );
  return {
    frames: perFrame(mean).map(total),
    ...(rows !== undefined &&
      columns !== undefined && {
        maps: perFrame(mean).map((values) =>
          Array.from({ length: rows }, (_, row) => values.slice(row * columns, (row + 1) * columns)),
        ),
      }),
    readings: names.map((query, i) => ({
      query,
      frames: perFrame(perToken[i]).map(total),
      text: query === 'gradient' ? 0 : Math.max(0, 1 - total(perToken[i])),
    })),
  };
}
