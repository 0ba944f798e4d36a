import { type Tensor, tf } from '../../engine/tf.js';

/** x · Φ(x), exact. */
export function gelu<T extends Tensor>(x: T): T {
  // Tidied: its steps are as large as the layer.
  return tf.tidy(() => tf.mul(x, tf.mul(0.5, tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2))))) as T);
}

/** x · σ(1.702 x), the approximation of GELU that Qwen2-VL's vision transformer was trained with. */
export function quickGelu<T extends Tensor>(x: T): T {
  return tf.tidy(() => tf.mul(x, tf.sigmoid(tf.mul(x, 1.702))) as T);
}
