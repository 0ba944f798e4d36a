import { type Scalar, type Tensor1D, tf } from '../engine/tf.js';
import { checkSmoothing } from './bt.js';
import { type Loss, named, type PairLabels } from './loss.js';
import { softplus } from './softplus.js';

/** Settings of `bce`. */
export interface BceOptions {
  /** ε: the label y becomes y (1-ε) + ε/2, in [0, 0.5]. Default 0. */
  smoothing?: number;
}

/**
 * Binary cross-entropy of each pair: the mean over its two clips of sp(r) - y r, r the reward as a logit, y 1 for Pass.
 * @returns [B].
 */
export function bcePerPair(
  chosen: Tensor1D,
  rejected: Tensor1D,
  labels: PairLabels,
  smoothing: number,
): Tensor1D {
  const ofClip = (reward: Tensor1D, label: Tensor1D) => {
    const y = tf.add(tf.mul(label, 1 - smoothing), smoothing / 2);
    return tf.sub(softplus(reward), tf.mul(y, reward));
  };
  const sum = tf.add(ofClip(chosen, labels.chosen), ofClip(rejected, labels.rejected));
  return tf.mul(sum, 0.5) as Tensor1D;
}

/** The labels where none are given: the chosen clip passes, and in a tie the other one too. */
export function defaultLabels(tie: Tensor1D): PairLabels {
  return { chosen: tf.onesLike(tie), rejected: tie };
}

/**
 * Binary cross-entropy of the 2B clips, each against its own label: the mean of sp(r) - y r. Pairs do not matter to it.
 * Source: official implementation, BCE, where the label is 1 for a quality above 0.
 * @throws RangeError when the smoothing is not in [0, 0.5].
 */
export function bce({ smoothing = 0 }: BceOptions = {}): Loss {
  checkSmoothing('bce', smoothing);
  return named({ name: 'bce', smoothing }, (chosen, rejected, tie, labels = defaultLabels(tie)) => {
    const perPair = bcePerPair(chosen, rejected, labels, smoothing);
    return { perPair, loss: tf.mean(perPair) as Scalar };
  });
}
