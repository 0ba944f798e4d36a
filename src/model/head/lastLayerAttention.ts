import type { Tensor2D } from '../../engine/tf.js';
import { learnedQuery, queryAttention } from '../layers/queryAttention.js';
import type { HeadInputs } from './inputs.js';

/** One learned query over the last hidden state: [B, H]. Official `attention`. */
export function attentionReduce({ weights, last, mask, attended }: HeadInputs): Tensor2D {
  const name = 'attention_query';
  const query = learnedQuery(weights, name, last.shape[0]);
  return queryAttention(weights, `${name}.attention.0`, query, last, mask, attended);
}
