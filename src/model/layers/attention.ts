import { type Tensor, type Tensor3D, type Tensor4D, tf } from '../../engine/tf.js';

/** What masked scores are set to: far below any score, yet finite, so that no gradient becomes NaN. */
const masked = -1e9;

/** Splits [B, N, heads · d] to [B, heads, N, d]. */
export function splitHeads(x: Tensor3D, heads: number): Tensor4D {
  const [batch, length, width] = x.shape;
  return tf.transpose(tf.reshape(x, [batch, length, heads, width / heads]), [0, 2, 1, 3]) as Tensor4D;
}

/** Joins [B, heads, N, d] to [B, N, heads · d]. */
export function joinHeads(x: Tensor4D): Tensor3D {
  const [batch, heads, length, size] = x.shape;
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch, length, heads * size]) as Tensor3D;
}

/**
 * softmax(q kᵀ / √d + mask) v. Queries [B, heads, M, d]; keys and values [B, groups, N, d], where `groups` divides
 * `heads` and query head h reads group ⌊h / (heads / groups)⌋; the additive mask broadcasts to [B, heads, M, N].
 */
export function attend(query: Tensor4D, key: Tensor4D, value: Tensor4D, mask?: Tensor): Tensor4D {
  const [batch, heads, queries, size] = query.shape;
  const [, groups, keys] = key.shape;
  // The heads of a group are stacked along the queries, so that keys and values need not be repeated.
  const stacked = [batch, groups, (heads / groups) * queries, size];
  // Tidied: the scores are the largest tensors of a model.
  return tf.tidy(() => {
    const scaled = tf.mul(tf.reshape(query, stacked), 1 / Math.sqrt(size)) as Tensor4D;
    const scores = tf.reshape(tf.matMul(scaled, key, false, true), [batch, heads, queries, keys]);
    const shares = tf.softmax(mask ? tf.add(scores, mask) : scores);
    const mixed = tf.matMul(tf.reshape(shares, [batch, groups, stacked[2], keys]) as Tensor4D, value);
    return tf.reshape(mixed, [batch, heads, queries, size]) as Tensor4D;
  });
}

/** Additive mask [B, 1, N] that hides padding keys; `attentionMask` [B, N] is 1 for a token. */
export function paddingMask(attentionMask: Tensor): Tensor3D {
  const [batch, length] = attentionMask.shape;
  return tf.reshape(tf.mul(tf.sub(1, attentionMask), masked), [batch, 1, length]) as Tensor3D;
}

/** Additive mask [1, N, N] that hides later keys. */
export function causalMask(length: number): Tensor3D {
  const values = new Float32Array(length * length);
  for (let i = 0; i < length; i++) values.fill(masked, i * length + i + 1, (i + 1) * length);
  return tf.tensor3d(values, [1, length, length]);
}
