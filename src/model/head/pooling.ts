import { type Tensor2D, tf } from '../../engine/tf.js';
import { gatherRows } from '../layers/gatherRows.js';
import type { HeadInputs } from './inputs.js';

/** The last hidden state of each sequence's last token: [B, H]. Official `last_token_hidden_state`. */
export function lastToken({ last, attentionMask }: HeadInputs): Tensor2D {
  const [batch, length, width] = last.shape;
  const mask = attentionMask?.dataSync();
  const rows = Int32Array.from({ length: batch }, (_, row) => {
    const own = mask?.subarray(row * length, (row + 1) * length);
    return row * length + (own ? own.lastIndexOf(1) : length - 1);
  });
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
