import { type Tensor1D, tf } from '../engine/tf.js';
import { softplus } from './softplus.js';

/**
 * Loss of each tie: sp(m - d) + sp(m + d), d the difference of the rewards; even in d, least at d = 0, where it is
 * 2 sp(m). Source: official implementation, BTT.
 * @param difference d, [B].
 * @returns [B].
 */
export function bttPerPair(difference: Tensor1D, margin: number): Tensor1D {
  return tf.add(softplus(tf.sub(margin, difference)), softplus(tf.add(difference, margin)));
}
