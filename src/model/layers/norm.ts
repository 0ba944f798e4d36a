import { type Tensor, tf } from '../../engine/tf.js';

/** (x - mean) / √(variance + ε) · w + b over the last axis. */
export function layerNorm<T extends Tensor>(x: T, weight: Tensor, bias: Tensor, epsilon: number): T {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centred), -1, true);
  return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon))), weight), bias) as T;
}

/** x / √(mean(x²) + ε) · w over the last axis. */
export function rmsNorm<T extends Tensor>(x: T, weight: Tensor, epsilon: number): T {
  const meanSquare = tf.mean(tf.square(x), -1, true);
  return tf.mul(tf.mul(x, tf.rsqrt(tf.add(meanSquare, epsilon))), weight) as T;
}
