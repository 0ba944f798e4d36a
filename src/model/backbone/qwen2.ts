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
  const norm = (name: string, x: Tensor3D) =>
    rmsNorm(x, parameter(weights, `${name}.weight`), config.normEpsilon);
  const states = [embeddings];
  for (let layer = 0; layer < config.layers; layer++) {
    const name = `${prefix}.layers.${layer}`;
    const x = states[layer];
    const attended = attention(weights, config, name, norm(`${name}.input_layernorm`, x), mask, rotary);
    const y = tf.add(x, attended) as Tensor3D;
    const h = norm(`${name}.post_attention_layernorm`, y);
    const gate = linearOf(weights, `${name}.mlp.gate_proj`, h);
    const gated = tf.mul(tf.mul(gate, tf.sigmoid(gate)), linearOf(weights, `${name}.mlp.up_proj`, h));
    states.push(tf.add(y, linearOf(weights, `${name}.mlp.down_proj`, gated as Tensor3D)) as Tensor3D);
  }
  states[config.layers] = norm(`${prefix}.norm`, states[config.layers]);
  return states;
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
