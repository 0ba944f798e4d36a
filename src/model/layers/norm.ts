import { type Tensor, tf } from '../../engine/tf.js';

/** (x - mean) / √(variance + ε) · w + b over the last axis. */
export function layerNorm<T extends Tensor>(x: T, weight: Tensor, bias: Tensor, epsilon: number): T {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centred), -1, true);
  return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon))), weight), bias) as T;
}

/** x / √(mean(x²) + ε) · w over the last axis. */
export function rmsNorm<T extends Tensor>(x: T, weight: Tensor, epsilon: number): T {
  return tf.mul(normalize(x, epsilon), weight) as T;
}

/** y = r x, r = 1 / √(mean(x²) + ε); its gradient r (dy - y mean(dy ⊙ y)) takes a third of the generic operations. */
function normalize(x: Tensor, epsilon: number): Tensor {
  const op = tf.customGrad((x: unknown, save: unknown) => {
    const scale = tf.rsqrt(tf.add(tf.mean(tf.square(x as Tensor), -1, true), epsilon));
    const value = tf.mul(x as Tensor, scale);
    (save as (tensors: Tensor[]) => void)([value, scale]);
    const gradFunc = (dy: Tensor, [y, r]: Tensor[]) =>
      tf.mul(tf.sub(dy, tf.mul(y, tf.mean(tf.mul(dy, y), -1, true))), r);
    return { value, gradFunc };
  });
  return op(x);
}
