import { type Tensor3D, type Tensor4D, tf } from '../../engine/tf.js';
import type { Weights } from '../weights/weights.js';
import { attend, joinHeads, splitHeads } from './attention.js';
import { linearOf } from './linear.js';
import { type RotaryTable, rotate } from './rotary.js';

/** So many runs of so many tokens each, one behind the other. */
export interface Runs {
  count: number;
  length: number;
}

/**
 * Attention within runs of each frame's tokens: of the whole frame, or of its windows. Queries, keys and values are one
 * packed product [q | k | v]; queries and keys are turned by the rotary positions. Source: Qwen2-VL, vision transformer.
 * @param name of the parameters: `qkv` and `proj`. @param x [frames, N, D]. @param rotary of the N tokens of a frame.
 * @param runs that make up a frame, in order. @returns [frames, N, D].
 */
export function frameAttention(
  weights: Weights,
  name: string,
  x: Tensor3D,
  heads: number,
  rotary: RotaryTable,
  runs: readonly Runs[],
): Tensor3D {
  const all = splitHeads(linearOf(weights, `${name}.qkv`, x), 3 * heads);
  const [unrotated, value] = tf.split<Tensor4D>(all, [2 * heads, heads], 1);
  const [query, key] = tf.split<Tensor4D>(rotate(unrotated, rotary), 2, 1);
  let start = 0;
  const parts = runs.map(({ count, length }) => {
    const [q, k, v] = [query, key, value].map((whole) => takeRuns(whole, start, count, length));
    start += count * length;
    return tf.reshape(attend(q, k, v), [x.shape[0], heads, count * length, -1]) as Tensor4D;
  });
  return linearOf(weights, `${name}.proj`, joinHeads(parts.length === 1 ? parts[0] : tf.concat(parts, 2)));
}

/** [frames, heads, N, d] to [frames · heads, runs, length, d] of the runs from `start`. */
function takeRuns(x: Tensor4D, start: number, count: number, length: number): Tensor4D {
  const [frames, heads, tokens, size] = x.shape;
  const taken = [frames, heads, count * length, size] as [number, number, number, number];
  const part = count * length === tokens ? x : tf.slice(x, [0, 0, start, 0], taken);
  return tf.reshape(part, [frames * heads, count, length, size]) as Tensor4D;
}
