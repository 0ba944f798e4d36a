import { type Tensor, tf } from '../engine/tf.js';

/**
 * sp(x) = ln(1 + eˣ) = max(x, 0) + ln(1 + e^-|x|), which overflows nowhere; its gradient is σ(x).
 * -ln σ(x) = sp(-x). TensorFlow's own softplus cuts its tails off, and the gradient of its logSigmoid fails.
 */
export function softplus<T extends Tensor>(x: T): T {
  return tf.add(tf.relu(x), tf.log1p(tf.exp(tf.neg(tf.abs(x)))));
}
