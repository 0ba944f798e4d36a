import { recomputed } from '../../../engine/recomputed.js';
import { type Tensor2D, type Tensor3D, tf } from '../../../engine/tf.js';
import { frameAttention } from '../../layers/frameAttention.js';
import { quickGelu } from '../../layers/gelu.js';
import { linearOf } from '../../layers/linear.js';
import { layerNorm } from '../../layers/norm.js';
import type { RotaryTable } from '../../layers/rotary.js';
import { parameter, parametersOf, type Weights } from '../../weights/weights.js';
import type { VideoGrid } from '../videoGrid.js';
import type { QwenVisionConfig } from './config.js';
import { embedPatches, mergePatches, patchRotary, visionEpsilon } from './qwenPatches.js';

/**
 * Visual tokens of a video by the vision transformer of Qwen2-VL: frames (pairs of pictures) that do not see each other.
 * x ← x + attention(norm₁ x); x ← x + fc2(quickGelu(fc1(norm₂ x))), then the merger.
 * @param patches [t · h · w, 3 · frames of a patch · p²]. @returns [t · h · w / merge², H].
 */
export function qwen2Vit(
  weights: Weights,
  config: QwenVisionConfig,
  patches: Tensor2D,
  grid: VideoGrid,
): Tensor2D {
  return tf.tidy(() => {
    const rotary = patchRotary(grid, config);
    let x = embedPatches(weights, patches, grid);
    for (let i = 0; i < config.layers; i++) {
      const name = `visual.blocks.${i}`;
      x = recomputed(x, [rotary.cos, rotary.sin], parametersOf(weights, `${name}.`), (y, [cos, sin]) =>
        layer(weights, config, name, y, { cos, sin }),
      );
    }
    return mergePatches(weights, norm(weights, 'visual.merger.ln_q', x), config.mergeSize);
  });
}

function layer(
  weights: Weights,
  { heads }: QwenVisionConfig,
  name: string,
  x: Tensor3D,
  rotary: RotaryTable,
): Tensor3D {
  const frame = [{ count: 1, length: x.shape[1] }];
  const normed = norm(weights, `${name}.norm1`, x);
  const y = tf.add(x, frameAttention(weights, `${name}.attn`, normed, heads, rotary, frame)) as Tensor3D;
  const inner = quickGelu(linearOf(weights, `${name}.mlp.fc1`, norm(weights, `${name}.norm2`, y)));
  return tf.add(y, linearOf(weights, `${name}.mlp.fc2`, inner)) as Tensor3D;
}

function norm(weights: Weights, name: string, x: Tensor3D): Tensor3D {
  return layerNorm(
    x,
    parameter(weights, `${name}.weight`),
    parameter(weights, `${name}.bias`),
    visionEpsilon,
  );
}
