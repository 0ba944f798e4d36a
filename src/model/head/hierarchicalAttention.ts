import { type Tensor2D, type Tensor3D, tf } from '../../engine/tf.js';
import { learnedQuery, queryAttention } from '../layers/queryAttention.js';
import type { HeadInputs } from './inputs.js';

/**
 * A query for each layer, and one more that reads what they found: REDUCE([A_i(query_i, h_i)]) + A_f(query_f, last).
 * Official `hierarchical_attention`; `shared` asks every layer with the query of the final one (`-shared`), `final`
 * false leaves the last term out (`-v2`). @returns [B, H].
 */
export function hierarchicalAttention(
  { weights, layers, last, mask, attended }: HeadInputs,
  { shared, final }: { shared: boolean; final: boolean },
): Tensor2D {
  const many = 'attention_query_multi_layer';
  const over = 'attention_query_final_layer';
  const reduce = 'attention_query_multi_layer_reduce';
  const [batch, , width] = last.shape;
  const found = layers.map((layer, i) => {
    const query = shared ? learnedQuery(weights, over, batch) : learnedQuery(weights, many, batch, i);
    const read = queryAttention(weights, `${many}.attention.${i}`, query, layer, mask, attended);
    return tf.reshape(read, [batch, 1, width]) as Tensor3D;
  });
  const query = learnedQuery(weights, reduce, batch);
  const reduced = queryAttention(weights, `${reduce}.attention.0`, query, tf.concat(found, 1));
  if (!final) return reduced;
  const finalQuery = learnedQuery(weights, over, batch);
  return tf.add(reduced, queryAttention(weights, `${over}.attention.0`, finalQuery, last, mask, attended));
}
