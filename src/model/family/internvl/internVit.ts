import type { Random } from '../../../base/random.js';
import { recomputed } from '../../../engine/recomputed.js';
import { type Tensor, type Tensor3D, type Tensor4D, tf } from '../../../engine/tf.js';
import { attend, joinHeads, splitHeads } from '../../layers/attention.js';
import { dropPathFactors } from '../../layers/dropout.js';
import { gelu } from '../../layers/gelu.js';
import { linearOf } from '../../layers/linear.js';
import { layerNorm, rmsNorm } from '../../layers/norm.js';
import { patchEmbedding } from '../../layers/patchEmbedding.js';
import { parameter, parametersOf, type Weights } from '../../weights/weights.js';
import type { VisionConfig } from './config.js';

/**
 * Hidden states of the vision transformer: 0 the embeddings, i the output of layer i, without a final norm.
 * x ← x + ls₁ ⊙ attention(norm₁ x); x ← x + ls₂ ⊙ mlp(norm₂ x), with the exact GELU. Source: InternViT.
 * In training each branch is dropped for some tiles: for none in the first layer, rising to `dropPathRate` in the last.
 * @param pixels [tiles, 3, S, S], normalised. @param random of training; none in evaluation. @returns layers + 1 tensors [tiles, 1 + (S/p)², D], class token first.
 */
export function internVit(
  weights: Weights,
  config: VisionConfig,
  pixels: Tensor4D,
  random?: Random,
): Tensor3D[] {
  const states = [tf.tidy(() => embed(weights, pixels))];
  for (let i = 0; i < config.layers; i++) {
    // Drawn before, so that a layer that is computed again drops what it dropped.
    const rate = (config.dropPathRate * i) / Math.max(1, config.layers - 1);
    const dropped = [0, 1].flatMap(() => dropPathFactors(pixels.shape[0], rate, random) ?? []);
    const name = `vision_model.encoder.layers.${i}`;
    states.push(
      recomputed(states[i], dropped, parametersOf(weights, `${name}.`), (x, factors) =>
        layer(weights, config, name, x, factors),
      ),
    );
  }
  return states;
}

function layer(
  weights: Weights,
  config: VisionConfig,
  name: string,
  x: Tensor3D,
  factors: readonly Tensor[],
): Tensor3D {
  const drop = (branch: Tensor, which: number) =>
    factors.length > 0 ? tf.mul(branch, factors[which]) : branch;
  const attended = attention(weights, config, name, norm(weights, config, `${name}.norm1`, x));
  const y = tf.add(x, drop(tf.mul(attended, parameter(weights, `${name}.ls1`)), 0)) as Tensor3D;
  const inner = gelu(linearOf(weights, `${name}.mlp.fc1`, norm(weights, config, `${name}.norm2`, y)));
  const mixed = linearOf(weights, `${name}.mlp.fc2`, inner);
  return tf.add(y, drop(tf.mul(mixed, parameter(weights, `${name}.ls2`)), 1)) as Tensor3D;
}

function embed(weights: Weights, pixels: Tensor4D): Tensor3D {
  const name = 'vision_model.embeddings';
  const patches = patchEmbedding(
    pixels,
    parameter(weights, `${name}.patch_embedding.weight`),
    parameter(weights, `${name}.patch_embedding.bias`),
  );
  const [tiles, count, width] = patches.shape;
  const position = parameter(weights, `${name}.position_embedding`) as Tensor as Tensor3D;
  if (position.shape[1] !== count + 1) {
    throw new RangeError(
      `encodeVision: tiles of ${count} patches, but the model has positions for ${position.shape[1] - 1}; ` +
        'give it tiles of its own size',
    );
  }
  const first = tf.tile(parameter(weights, `${name}.class_embedding`) as Tensor as Tensor3D, [tiles, 1, 1]);
  return tf.add(tf.reshape(tf.concat([first, patches], 1), [tiles, count + 1, width]), position) as Tensor3D;
}

function attention(weights: Weights, config: VisionConfig, layer: string, x: Tensor3D): Tensor3D {
  const [tiles, tokens, width] = x.shape;
  const qkv = linearOf(weights, `${layer}.attn.qkv`, x);
  const [query, key, value] = [0, 1, 2].map((part) => {
    const one = tf.slice(qkv, [0, 0, part * width], [tiles, tokens, width]) as Tensor3D;
    if (!config.qkNormalization || part === 2) return one;
    const name = `${layer}.attn.${part === 0 ? 'q' : 'k'}_norm.weight`;
    return rmsNorm(one, parameter(weights, name), config.normEpsilon);
  });
  const { heads } = config;
  const mixed = attend(splitHeads(query, heads), splitHeads(key, heads), splitHeads(value, heads));
  return linearOf(weights, `${layer}.attn.proj`, joinHeads(mixed));
}

function norm(weights: Weights, config: VisionConfig, name: string, x: Tensor3D): Tensor3D {
  const weight = parameter(weights, `${name}.weight`);
  if (config.normType === 'rms_norm') return rmsNorm(x, weight, config.normEpsilon);
  return layerNorm(x, weight, parameter(weights, `${name}.bias`), config.normEpsilon);
}
