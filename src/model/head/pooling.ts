import { type Tensor1D, type Tensor2D, tf } from '../../engine/tf.js';
import { gatherRows } from '../layers/gatherRows.js';
import type { HeadInputs } from './inputs.js';

/** The last hidden state of each sequence's last token: [B, H]. Official `last_token_hidden_state`. */
export function lastToken({ last, attentionMask }: HeadInputs): Tensor2D {
  const [batch, length, width] = last.shape;
  const places = tf.range(0, length, 1, 'int32');
  const seen = attentionMask ? tf.mul(tf.cast(attentionMask, 'int32'), places) : places;
  const rows = tf.add(tf.max(seen, -1), tf.range(0, batch * length, length, 'int32')) as Tensor1D;
  return gatherRows(tf.reshape(last, [batch * length, width]), rows);
}

/** Mean over the tokens: Σ mask · x / Σ mask, [B, H]. Official `meanpool`. */
export function meanPool({ last, attentionMask }: HeadInputs): Tensor2D {
  if (!attentionMask) return tf.mean(last, 1);
  const weights = tf.expandDims(attentionMask, 2);
  return tf.div(tf.sum(tf.mul(last, weights), 1), tf.sum(weights, 1)) as Tensor2D;
}

/** Largest value of each channel over the tokens: [B, H]. Official `maxpool`. */
export function maxPool({ last, attentionMask }: HeadInputs): Tensor2D {
  if (!attentionMask) return tf.max(last, 1);
  const lowest = tf.mul(tf.sub(1, tf.expandDims(attentionMask, 2)), -3e38);
  return tf.max(tf.add(tf.mul(last, tf.expandDims(attentionMask, 2)), lowest), 1);
}
