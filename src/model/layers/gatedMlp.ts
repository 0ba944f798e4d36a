import { type Tensor, tf } from '../../engine/tf.js';
import type { Weights } from '../weights/weights.js';
import { linearOf } from './linear.js';

/** SwiGLU: down(silu(gate x) ⊙ up x), silu(a) = a · σ(a); with biases where the weights have them. */
export function gatedMlp<T extends Tensor>(weights: Weights, name: string, x: T): T {
  const gate = linearOf(weights, `${name}.gate_proj`, x);
  const gated = tf.mul(tf.mul(gate, tf.sigmoid(gate)), linearOf(weights, `${name}.up_proj`, x));
  return linearOf(weights, `${name}.down_proj`, gated as T);
}
