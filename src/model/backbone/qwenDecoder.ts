import { type Tensor, type Tensor3D, type Tensor4D, tf } from '../../engine/tf.js';
import type { LlmConfig } from '../config.js';
import { attend, joinHeads, splitHeads } from '../layers/attention.js';
import { linear, linearOf } from '../layers/linear.js';
import { rmsNorm } from '../layers/norm.js';
import { type RotaryTable, rotate } from '../layers/rotary.js';
import { parameter, type Weights } from '../weights/weights.js';

const prefix = 'language_model.model';

/**
 * Hidden states of the decoder: 0 the embeddings, i < L the output of layer i, L the last output after the final norm.
 * x ← x + attention(norm x); x ← x + down(silu(gate h) ⊙ up h), h = norm x. Source: Qwen2.
 * @param embeddings [B, N, H]. @param mask additive, to [B, 1, N, N]. @returns L + 1 tensors [B, N, H].
 */
export function qwen2(
  weights: Weights,
  config: LlmConfig,
  embeddings: Tensor3D,
  mask: Tensor,
  rotary: RotaryTable,
): Tensor3D[] {
  const states = [embeddings];
  for (let i = 0; i < config.layers; i++) {
    // Tidied one by one: what a layer needs on its way would else pile up through all of them.
    states.push(tf.tidy(() => layer(weights, config, `${prefix}.layers.${i}`, states[i], mask, rotary)));
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
  const gate = linearOf(weights, `${name}.mlp.gate_proj`, h);
  const gated = tf.mul(tf.mul(gate, tf.sigmoid(gate)), linearOf(weights, `${name}.mlp.up_proj`, h));
  return tf.add(y, linearOf(weights, `${name}.mlp.down_proj`, gated as Tensor3D)) as Tensor3D;
}

function norm(weights: Weights, config: LlmConfig, name: string, x: Tensor3D): Tensor3D {
  return rmsNorm(x, parameter(weights, `${name}.weight`), config.normEpsilon);
}

function attention(
  weights: Weights,
  { heads, keyValueHeads }: LlmConfig,
  layer: string,
  x: Tensor3D,
  mask: Tensor,
  rotary: RotaryTable,
): Tensor3D {
  const name = `${layer}.self_attn`;
  // One product for the three projections, and one rotation for queries and keys.
  const packed = (kind: string) =>
    tf.concat(['q', 'k', 'v'].map((part) => parameter(weights, `${name}.${part}_proj.${kind}`) as Tensor));
  const all = splitHeads(linear(x, packed('weight'), packed('bias')), heads + 2 * keyValueHeads);
  const [unrotated, value] = tf.split<Tensor4D>(all, [heads + keyValueHeads, keyValueHeads], 1);
  const [query, key] = tf.split<Tensor4D>(rotate(unrotated, rotary), [heads, keyValueHeads], 1);
  return linearOf(weights, `${name}.o_proj`, joinHeads(attend(query, key, value, mask)));
}
