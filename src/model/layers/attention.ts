import { compiler } from '../../engine/compile.js';
import { fusedAttention, fusesAttention } from '../../engine/fusedAttention.js';
import { after } from '../../engine/recomputed.js';
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
 * `heads` and query head h reads group ⌊h / (heads / groups)⌋.
 * @param mask of a decoder, from `decoderMask`: additive, broadcast to [B, heads, M, N].
 */
export function attend(query: Tensor4D, key: Tensor4D, value: Tensor4D, mask?: Tensor): Tensor4D {
  // The batches of recorded functions are padded at the end, so that a token that sees no later one sees no padding.
  if (fusesAttention(query, key)) return fusedAttention(query, key, value, mask !== undefined);
  const [batch, heads, queries, size] = query.shape;
  const groups = key.shape[1];
  // The heads of a group are stacked along the queries, so that keys and values need not be repeated.
  const stacked = tf.reshape(query, [batch, groups, (heads / groups) * queries, size]) as Tensor4D;
  const [keys, values, hidden] = aligned(key, value, mask);
  const scale = 1 / Math.sqrt(size);
  const mixed = scalesScores(hidden)
    ? mix(stacked, keys, values, heads, hidden, scale)
    : mix(tf.mul(stacked, scale) as Tensor4D, keys, values, heads, hidden);
  return tf.reshape(mixed, query.shape) as Tensor4D;
}

/**
 * Keys and values with more tokens, which are hidden, up to a multiple of 8 under XLA: a GPU's bfloat16 products are
 * several times slower where a row of the scores does not begin at 16 bytes.
 */
function aligned(
  key: Tensor4D,
  value: Tensor4D,
  mask: Tensor | undefined,
): [key: Tensor4D, value: Tensor4D, mask: Tensor | undefined] {
  const keys = key.shape[2];
  const missing = (8 - (keys % 8)) % 8;
  if (compiler() !== 'xla' || missing === 0) return [key, value, mask];
  const more: [number, number][] = [
    [0, 0],
    [0, 0],
    [0, missing],
    [0, 0],
  ];
  const seen = mask ?? tf.zeros([1, 1, 1, keys]);
  const atEnd = seen.shape.map((_, axis): [number, number] => [
    0,
    axis === seen.shape.length - 1 ? missing : 0,
  ]);
  return [tf.pad(key, more), tf.pad(value, more), tf.pad(seen, atEnd, masked)];
}

/**
 * Whether the scores are scaled, not the fewer values of the queries: TensorFlow's executor gives a product, a factor and a
 * mask, in this order, to one kernel of oneDNN.
 */
const scalesScores = (mask: Tensor | undefined): boolean => mask !== undefined && compiler() === 'graph';

/**
 * O = P V of stacked queries, P = softmax(scale · Q Kᵀ + mask). Its gradient: dV = Pᵀ dO, dS = P ⊙ (dO Vᵀ - D) with D the
 * row sums of dO ⊙ O, dQ = scale · dS K, dK = scale · dSᵀ Q. The shares P are the largest tensors of a model: they are
 * computed once more for it where they are larger than what they are made of.
 * Source: Dao et al. 2022 (FlashAttention), section 3.
 * @param scale of the scores; without it the queries are scaled.
 */
function mix(
  query: Tensor4D,
  key: Tensor4D,
  value: Tensor4D,
  heads: number,
  mask: Tensor | undefined,
  scale?: number,
): Tensor {
  const [batch, groups, rows] = query.shape;
  const keys = key.shape[2];
  const kept = batch * groups * rows * keys <= query.size + key.size + value.size;
  const sharesOf = (q: Tensor, k: Tensor, hidden: Tensor | undefined) => {
    const scores = tf.matMul(q, k, false, true);
    if (!hidden) return tf.softmax(scores);
    if (scale !== undefined) {
      const ofGroups = tf.tile(hidden, [1, 1, heads / groups, 1]);
      return tf.softmax(tf.add(tf.mul(scores, scale), ofGroups));
    }
    const ofHeads = tf.reshape(scores, [batch, heads, (rows * groups) / heads, keys]);
    return tf.reshape(tf.softmax(tf.add(ofHeads, hidden)), scores.shape);
  };
  const op = tf.customGrad((...args: unknown[]) => {
    const [q, k, v] = args as Tensor[];
    const save = args[3] as (tensors: Tensor[]) => void;
    // Tidied, so that the scores go at once.
    const [shares, mixed] = tf.tidy(() => {
      const found = sharesOf(q, k, mask);
      const result = tf.matMul(found, v);
      return kept ? [found, result] : [undefined, result];
    }) as [Tensor | undefined, Tensor];
    save([q, k, v, mixed, ...(shares ? [shares] : mask ? [mask] : [])]);
    const gradFunc = (dy: Tensor, [q, k, v, o, rest]: Tensor[]) =>
      tf.tidy(() => {
        const p = kept ? rest : sharesOf(after(q, dy), k, rest);
        const change = tf.sub(tf.matMul(dy, v, false, true), tf.sum(tf.mul(dy, o), -1, true));
        const ds = tf.mul(p, change);
        const [dq, dk] = [tf.matMul(ds, k), tf.matMul(ds, q, true)];
        const scaled = scale === undefined ? [dq, dk] : [tf.mul(dq, scale), tf.mul(dk, scale)];
        return [...scaled, tf.matMul(p, dy, true)];
      });
    return { value: mixed, gradFunc };
  });
  return op(query, key, value);
}

/** Additive mask [B, 1, N] that hides padding keys; `attentionMask` [B, N] is 1 for a token. */
export function paddingMask(attentionMask: Tensor): Tensor3D {
  const [batch, length] = attentionMask.shape;
  return tf.reshape(tf.mul(tf.sub(1, attentionMask), masked), [batch, 1, length]) as Tensor3D;
}

/**
 * Additive mask [B, 1, N, N] of a decoder: it hides later keys, and padding, which is at the end.
 * @param attentionMask [B, N]: 1 for a token, 0 for padding.
 */
export function decoderMask(attentionMask: Tensor): Tensor4D {
  const causal = causalMask(attentionMask.shape[1] as number);
  return tf.expandDims(tf.add(causal, paddingMask(attentionMask)), 1) as Tensor4D;
}

/** Additive mask [1, N, N] that hides later keys. */
function causalMask(length: number): Tensor3D {
  const places = tf.range(0, length, 1, 'float32');
  const later = tf.less(tf.reshape(places, [1, length, 1]), tf.reshape(places, [1, 1, length]));
  return tf.mul(tf.cast(later, 'float32'), masked) as Tensor3D;
}
