import { recomputed } from '../../../engine/recomputed.js';
import { type Tensor2D, type Tensor3D, tf } from '../../../engine/tf.js';
import { frameAttention, type Runs } from '../../layers/frameAttention.js';
import { gatedMlp } from '../../layers/gatedMlp.js';
import { gatherRows } from '../../layers/gatherRows.js';
import { rmsNorm } from '../../layers/norm.js';
import type { RotaryTable } from '../../layers/rotary.js';
import { inverse, windowOrder } from '../../layers/windows.js';
import { parameter, parametersOf, type Weights } from '../../weights/weights.js';
import type { VideoGrid } from '../videoGrid.js';
import type { WindowedVisionConfig } from './config.js';
import { embedPatches, mergePatches, patchRotary, visionEpsilon } from './qwenPatches.js';

/**
 * Visual tokens of a video by the vision transformer of Qwen2.5-VL: most layers attend within windows of a frame, a few
 * to the whole frame. x ← x + attention(norm₁ x); x ← x + swiglu(norm₂ x), with RMS norms, then the merger.
 * @param patches [t · h · w, 3 · frames of a patch · p²]. @returns [t · h · w / merge², H].
 */
export function qwen25Vit(
  weights: Weights,
  config: WindowedVisionConfig,
  patches: Tensor2D,
  grid: VideoGrid,
): Tensor2D {
  return tf.tidy(() => {
    const { patchSize, mergeSize, windowSize, fullAttentionLayers } = config;
    const side = Math.floor(windowSize / mergeSize / patchSize);
    // All runs in the order of the windows, and is put back at its end.
    const { cells, runs } = windowOrder(grid.h / mergeSize, grid.w / mergeSize, side);
    const rotary = patchRotary(grid, config, cells);
    const windows = runs.map(({ count, length }) => ({ count, length: length * mergeSize ** 2 }));
    const frame = [{ count: 1, length: grid.h * grid.w }];
    let x = reorderFrames(embedPatches(weights, patches, grid), cells);
    for (let i = 0; i < config.layers; i++) {
      const within = fullAttentionLayers.includes(i) ? frame : windows;
      const name = `visual.blocks.${i}`;
      x = recomputed(x, [rotary.cos, rotary.sin], parametersOf(weights, `${name}.`), (y, [cos, sin]) =>
        layer(weights, config, name, y, { cos, sin }, within),
      );
    }
    const merged = mergePatches(weights, norm(weights, 'visual.merger.ln_q', x), mergeSize);
    const tokens = tf.reshape(merged, [grid.t, cells.length, merged.shape[1]]) as Tensor3D;
    return tf.reshape(reorderFrames(tokens, inverse(cells)), merged.shape) as Tensor2D;
  });
}

function layer(
  weights: Weights,
  { heads }: WindowedVisionConfig,
  name: string,
  x: Tensor3D,
  rotary: RotaryTable,
  within: readonly Runs[],
): Tensor3D {
  const normed = norm(weights, `${name}.norm1`, x);
  const y = tf.add(x, frameAttention(weights, `${name}.attn`, normed, heads, rotary, within)) as Tensor3D;
  return tf.add(y, gatedMlp(weights, `${name}.mlp`, norm(weights, `${name}.norm2`, y))) as Tensor3D;
}

function norm(weights: Weights, name: string, x: Tensor3D): Tensor3D {
  return rmsNorm(x, parameter(weights, `${name}.weight`), visionEpsilon);
}

/** Puts the cells of each frame in another order; a cell is as many rows of x as it takes: [t, N, D] to [t, N, D]. */
function reorderFrames(x: Tensor3D, order: Int32Array): Tensor3D {
  const [frames, tokens, width] = x.shape;
  const cells = order.length;
  const rows = Int32Array.from({ length: frames * cells }, (_, i) => i - (i % cells) + order[i % cells]);
  const table = tf.reshape(x, [frames * cells, (tokens / cells) * width]) as Tensor2D;
  return tf.reshape(gatherRows(table, rows), x.shape) as Tensor3D;
}
