import { type Tensor, type Tensor2D, type Tensor3D, tf } from '../../engine/tf.js';
import { parameter, type Weights } from '../weights/weights.js';
import { attend, joinHeads, splitHeads } from './attention.js';
import { linear } from './linear.js';

/** Heads of every attention of the reward heads; fixed by the official implementation. */
const heads = 8;

/**
 * One query that reads a sequence: torch.nn.MultiheadAttention with 8 heads, its weights packed as [q | k | v].
 * @param name of the parameters. @param query [B, H]. @param sequence [B, N, H].
 * @param mask additive, to [B, 8, 1, N]; none attends everywhere. @returns [B, H].
 */
export function queryAttention(
  weights: Weights,
  name: string,
  query: Tensor2D,
  sequence: Tensor3D,
  mask?: Tensor,
): Tensor2D {
  const [batch, width] = query.shape;
  const packed = parameter(weights, `${name}.in_proj_weight`);
  const bias = parameter(weights, `${name}.in_proj_bias`);
  const q = linear(query, tf.slice(packed, [0, 0], [width, width]), tf.slice(bias, [0], [width]));
  const [kv, kvBias] = [
    tf.slice(packed, [width, 0], [2 * width, width]),
    tf.slice(bias, [width], [2 * width]),
  ];
  const both = linear(sequence, kv, kvBias);
  const length = sequence.shape[1];
  const key = tf.slice(both, [0, 0, 0], [batch, length, width]) as Tensor3D;
  const value = tf.slice(both, [0, 0, width], [batch, length, width]) as Tensor3D;
  const asked = splitHeads(tf.reshape(q, [batch, 1, width]) as Tensor3D, heads);
  const read = joinHeads(attend(asked, splitHeads(key, heads), splitHeads(value, heads), mask));
  const flat = tf.reshape(read, [batch, width]) as Tensor2D;
  return linear(
    flat,
    parameter(weights, `${name}.out_proj.weight`),
    parameter(weights, `${name}.out_proj.bias`),
  );
}

/** Row `row` of a learned query table, once for each of `batch` sequences: [batch, H]. */
export function learnedQuery(weights: Weights, name: string, batch: number, row = 0): Tensor2D {
  const table = parameter(weights, `${name}.query.weight`) as Tensor as Tensor2D;
  return tf.tile(tf.slice(table, [row, 0], [1, table.shape[1]]) as Tensor2D, [batch, 1]);
}
