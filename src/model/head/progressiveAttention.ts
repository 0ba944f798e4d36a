import { type Tensor2D, tf } from '../../engine/tf.js';
import { learnedQuery, queryAttention } from '../layers/queryAttention.js';
import type { HeadInputs } from './inputs.js';

/**
 * Hierarchical Progressive Query Attention (HPQA), the paper's head:
 * q₁ = A₁(query, h₁); q_k = A_k(q_{k-1}, h_k); result q_n + A_f(query_f, last). Each step replaces the query: there is
 * no residual and no norm in between. Official `progressive_hierarchical_attention`. @returns [B, H].
 */
export function progressiveAttention({ weights, layers, last, mask, attended }: HeadInputs): Tensor2D {
  const first = 'attention_query_first_layer';
  const final = 'attention_query_final_layer';
  const batch = last.shape[0];
  let query = queryAttention(
    weights,
    `${first}.attention.0`,
    learnedQuery(weights, first, batch),
    layers[0],
    mask,
    attended,
  );
  layers.slice(1).forEach((layer, i) => {
    query = queryAttention(weights, `attention_query_other_layers.${i}`, query, layer, mask, attended);
  });
  const over = queryAttention(
    weights,
    `${final}.attention.0`,
    learnedQuery(weights, final, batch),
    last,
    mask,
    attended,
  );
  return tf.add(query, over);
}
