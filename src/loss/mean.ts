import { type Scalar, type Tensor1D, tf } from '../engine/tf.js';
import type { Averaging } from './loss.js';

/**
 * Mean of a term over pairs.
 * @param values the term [B], 0 where it does not apply.
 * @param counted [B]: 1 where it applies.
 * @param average what the sum is divided by; where nothing is counted the mean is 0.
 */
export function meanOfCounted(values: Tensor1D, counted: Tensor1D, average: Averaging): Scalar {
  if (average === 'all') return tf.mean(values);
  return tf.div(tf.sum(values), tf.maximum(tf.sum(counted), 1));
}
