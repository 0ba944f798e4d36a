import { type Tensor, type Tensor2D, type Tensor3D, tf } from '../../engine/tf.js';
import { parameter, type Weights } from '../weights/weights.js';
import { linear, linearOf } from './linear.js';

/** Heads of every attention of the reward heads; fixed by the official implementation. */
const heads = 8;

/** Is given the shares of each reading of a sequence by a query, [B, 8, N], inside of the computation's tidy. */
export type Attended = (name: string, shares: Tensor3D) => void;

/**
 * One query that reads a sequence: torch.nn.MultiheadAttention with 8 heads, its weights packed as [q | k | v].
 * A head's score of token x is qᵀ(W_k x) / √d = (W_kᵀ q)ᵀ x / √d and its result Σ share · W_v x = W_v Σ share · x, so
 * neither keys nor values of the sequence are computed. The bias of the keys adds the same to each score: no effect.
 * @param name of the parameters. @param query [B, H]. @param sequence [B, N, H].
 * @param mask additive, to [B, 8, N]; none attends everywhere.
 * @param attended is given the shares. @returns [B, H].
 * @throws when H does not divide by 8.
 */
export function queryAttention(
  weights: Weights,
  name: string,
  query: Tensor2D,
  sequence: Tensor3D,
  mask?: Tensor,
  attended?: Attended,
): Tensor2D {
  const [batch, width] = query.shape;
  if (width % heads !== 0) {
    throw new RangeError(`${name}: a width of ${width} does not divide by its ${heads} heads`);
  }
  const size = width / heads;
  const ofHeads = (weight: Tensor) => tf.reshape(weight, [heads, size, width]) as Tensor3D;
  const [queries, keys, values] = tf.split(parameter(weights, `${name}.in_proj_weight`) as Tensor, 3);
  const [queryBias, , valueBias] = tf.split(parameter(weights, `${name}.in_proj_bias`) as Tensor, 3);

  const q = tf.mul(linear(query, queries, queryBias), 1 / Math.sqrt(size));
  const asked = tf.matMul(swapHeads(tf.reshape(q, [batch, heads, size])), ofHeads(keys));
  const scores = tf.matMul(swapHeads(asked), sequence, false, true);
  const shares = tf.softmax(mask ? tf.add(scores, mask) : scores) as Tensor3D;
  attended?.(name, shares);
  const mixed = tf.matMul(swapHeads(tf.matMul(shares, sequence)), ofHeads(values), false, true);
  const read = tf.add(tf.reshape(swapHeads(mixed), [batch, width]), valueBias) as Tensor2D;
  return linearOf(weights, `${name}.out_proj`, read);
}

/** [B, heads, d] to [heads, B, d], and back. */
const swapHeads = (x: Tensor) => tf.transpose(x, [1, 0, 2]) as Tensor3D;

/** Row `row` of a learned query table, once for each of `batch` sequences: [batch, H]. */
export function learnedQuery(weights: Weights, name: string, batch: number, row = 0): Tensor2D {
  const table = parameter(weights, `${name}.query.weight`) as Tensor as Tensor2D;
  return tf.tile(tf.slice(table, [row, 0], [1, table.shape[1]]) as Tensor2D, [batch, 1]);
}
