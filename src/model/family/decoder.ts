import { recomputed } from '../../engine/recomputed.js';
import { type Tensor, type Tensor3D, type Tensor4D, tf } from '../../engine/tf.js';
import type { LlmConfig } from '../commonConfig.js';
import { attend, joinHeads, splitHeads } from '../layers/attention.js';
import { gatedMlp } from '../layers/gatedMlp.js';
import { linear, linearOf } from '../layers/linear.js';
import { rmsNorm } from '../layers/norm.js';
import { type RotaryTable, rotate } from '../layers/rotary.js';
import { parameter, parametersOf, type Weights } from '../weights/weights.js';

/**
 * Hidden states of the decoder: 0 the embeddings, i < L the output of layer i, L the last output after the final norm.
 * x ← x + attention(norm x); x ← x + down(silu(gate h) ⊙ up h), h = norm x. Source: Qwen2; Qwen3, whose heads
 * normalise their queries and keys before they are turned.
 * @param prefix of the parameters' names. @param embeddings [B, N, H]. @param mask additive, to [B, 1, N, N].
 * @returns L + 1 tensors [B, N, H].
 */
export function qwenDecoder(
  weights: Weights,
  config: LlmConfig,
  prefix: string,
  embeddings: Tensor3D,
  mask: Tensor,
  rotary: RotaryTable,
): Tensor3D[] {
  const states = [embeddings];
  for (let i = 0; i < config.layers; i++) {
    const name = `${prefix}.layers.${i}`;
    const constants = [mask, rotary.cos, rotary.sin];
    states.push(
      recomputed(states[i], constants, parametersOf(weights, `${name}.`), (x, [hidden, cos, sin]) =>
        layer(weights, config, name, x, hidden, { cos, sin }),
      ),
    );
  }
  states[config.layers] = norm(weights, config, `${prefix}.norm`, states[config.layers]);
  return states;
}

function layer(
  weights: Weights,
  config: LlmConfig,
  name: string,
  x: Tensor3D,
  mask: Tensor,
  rotary: RotaryTable,
): Tensor3D {
  const normed = norm(weights, config, `${name}.input_layernorm`, x);
  const y = tf.add(x, attention(weights, config, name, normed, mask, rotary)) as Tensor3D;
  const h = norm(weights, config, `${name}.post_attention_layernorm`, y);
  return tf.add(y, gatedMlp(weights, `${name}.mlp`, h)) as Tensor3D;
}

function norm<T extends Tensor>(weights: Weights, config: LlmConfig, name: string, x: T): T {
  return rmsNorm(x, parameter(weights, `${name}.weight`), config.normEpsilon);
}

function attention(
  weights: Weights,
  config: LlmConfig,
  layer: string,
  x: Tensor3D,
  mask: Tensor,
  rotary: RotaryTable,
): Tensor3D {
  const { heads, keyValueHeads, attentionBias, queryKeyNorm } = config;
  const name = `${layer}.self_attn`;
  // One product for the three projections, and one rotation for queries and keys.
  const packed = (kind: string) =>
    tf.concat(['q', 'k', 'v'].map((part) => parameter(weights, `${name}.${part}_proj.${kind}`) as Tensor));
  const projected = linear(x, packed('weight'), attentionBias ? packed('bias') : undefined);
  const all = splitHeads(projected, heads + 2 * keyValueHeads);
  const [found, value] = tf.split<Tensor4D>(all, [heads + keyValueHeads, keyValueHeads], 1);
  const unrotated = queryKeyNorm ? normHeads(weights, config, name, found) : found;
  const [query, key] = tf.split<Tensor4D>(rotate(unrotated, rotary), [heads, keyValueHeads], 1);
  return linearOf(weights, `${name}.o_proj`, joinHeads(attend(query, key, value, mask)));
}

/** Norms over the channels of each head: queries by one weight, keys by another. */
function normHeads(weights: Weights, config: LlmConfig, name: string, x: Tensor4D): Tensor4D {
  const [query, key] = tf.split<Tensor4D>(x, [config.heads, config.keyValueHeads], 1);
  return tf.concat(
    [norm(weights, config, `${name}.q_norm`, query), norm(weights, config, `${name}.k_norm`, key)],
    1,
  );
}
