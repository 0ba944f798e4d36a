import { type Tensor, type Tensor2D, type Tensor3D, tf } from '../../../engine/tf.js';
import { gelu } from '../../layers/gelu.js';
import { linear, linearOf } from '../../layers/linear.js';
import { gridRotaryTable, type RotaryTable } from '../../layers/rotary.js';
import { parameter, type Weights } from '../../weights/weights.js';
import type { VideoGrid } from '../videoGrid.js';
import type { QwenVisionConfig } from './config.js';

/** ε of all norms of Qwen's vision transformers. */
export const visionEpsilon = 1e-6;

/**
 * Embeds the patches of a video: the convolution whose kernel is its stride, as one matrix product.
 * @param patches [t · h · w, 3 · frames of a patch · p²], the patches of a merged block following each other.
 * @returns [t, h · w, D].
 */
export function embedPatches(weights: Weights, patches: Tensor2D, { t, h, w }: VideoGrid): Tensor3D {
  const kernel = parameter(weights, 'visual.patch_embed.proj.weight') as Tensor;
  const flat = linear(patches, tf.reshape(kernel, [kernel.shape[0], patches.shape[1]]));
  return tf.reshape(flat, [t, h * w, kernel.shape[0]]) as Tensor3D;
}

/**
 * Merges each block of patches into one visual token: norm, concatenation, Linear → GELU → Linear.
 * @param normed [t, h · w, D], after the norm. @returns [visual tokens, H].
 */
export function mergePatches(weights: Weights, normed: Tensor3D, merge: number): Tensor2D {
  const blocks = tf.reshape(normed, [-1, merge * merge * normed.shape[2]]) as Tensor2D;
  return linearOf(weights, 'visual.merger.mlp.2', gelu(linearOf(weights, 'visual.merger.mlp.0', blocks)));
}

/**
 * Rotary positions of a frame's patches, in the order in which they come: block by block.
 * @param blocks indices of the merged blocks, row by row, in their order; by default that one.
 */
export function patchRotary(
  { h, w }: VideoGrid,
  { mergeSize, hiddenSize, heads }: QwenVisionConfig,
  blocks: ArrayLike<number> = Array.from({ length: (h * w) / mergeSize ** 2 }, (_, i) => i),
): RotaryTable {
  const columns = w / mergeSize;
  const ys: number[] = [];
  const xs: number[] = [];
  for (let i = 0; i < blocks.length; i++) {
    const top = Math.floor(blocks[i] / columns) * mergeSize;
    const left = (blocks[i] % columns) * mergeSize;
    for (let y = 0; y < mergeSize; y++) {
      for (let x = 0; x < mergeSize; x++) {
        ys.push(top + y);
        xs.push(left + x);
      }
    }
  }
  return gridRotaryTable(ys, xs, hiddenSize / heads);
}
