import { type Tensor, tf } from '../../engine/tf.js';
import { parameter, type Weights } from '../weights/weights.js';

/** y = x Wᵀ + b over the last axis; x [..., in], W [out, in], b [out] or none. */
export function linear<T extends Tensor>(x: T, weight: Tensor, bias?: Tensor): T {
  const [out, input] = weight.shape;
  // One flat product: a broadcast batch axis in matMul has no gradient.
  const flat = tf.matMul(tf.reshape(x, [-1, input]) as Tensor, weight as Tensor, false, true);
  const shifted = bias ? tf.add(flat, bias) : flat;
  return tf.reshape(shifted, [...x.shape.slice(0, -1), out]) as T;
}

/** The linear layer of that name; without a bias where the weights have none. */
export function linearOf<T extends Tensor>(weights: Weights, name: string, x: T): T {
  return linear(x, parameter(weights, `${name}.weight`), weights.get(`${name}.bias`));
}
