import { type Tensor1D, tf } from '../engine/tf.js';
import { type Averaging, type Loss, named } from './loss.js';
import { meanOfCounted } from './mean.js';
import { softplus } from './softplus.js';

/**
 * Which sign the margin has in the flipped term of a smoothed loss.
 * - `kept`: sp(m + d), what the official code computes: the loss of the same pair with its sides exchanged, which has
 *   to win by the margin too. The default, since published models were trained so.
 * - `flipped`: sp(d - m), what a comment in the official code describes: the label of one logit d - m is smoothed.
 */
export type SmoothedMargin = 'kept' | 'flipped';

/** Settings of `bt`. */
export interface BtOptions {
  /** m, in units of reward. Default 0, the plain Bradley-Terry loss. */
  margin?: number;
  /** ε, the probability that the label is taken for wrong, in [0, 0.5]. Default 0. */
  smoothing?: number;
  /** Default `kept`. */
  smoothedMargin?: SmoothedMargin;
  /** What the mean divides by; the pairs counted are those that are not ties. Default `all`. */
  average?: Averaging;
}

/**
 * Bradley-Terry loss of each pair: (1-ε) sp(m - d) + ε sp(m + d), d = chosen - rejected.
 * @param difference d, [B].
 * @returns [B].
 */
export function btPerPair(
  difference: Tensor1D,
  margin: number,
  smoothing: number,
  smoothedMargin: SmoothedMargin,
): Tensor1D {
  const loss = softplus(tf.sub(margin, difference) as Tensor1D);
  if (smoothing === 0) return loss;
  const flipped = softplus(tf.add(difference, smoothedMargin === 'kept' ? margin : -margin) as Tensor1D);
  return tf.add(tf.mul(loss, 1 - smoothing), tf.mul(flipped, smoothing));
}

/**
 * Bradley-Terry loss: the mean over pairs of (1-ε) sp(m - d) + ε sp(m + d), d = chosen - rejected; ties add 0.
 * Source: official implementation, BT.
 * @throws RangeError when the smoothing is not in [0, 0.5] or the margin below 0.
 */
export function bt({
  margin = 0,
  smoothing = 0,
  smoothedMargin = 'kept',
  average = 'all',
}: BtOptions = {}): Loss {
  checkSmoothing('bt', smoothing);
  checkMargin('bt', margin);
  return named({ name: 'bt', margin, smoothing, smoothedMargin, average }, (chosen, rejected, tie) => {
    const decided = tf.sub(1, tie) as Tensor1D;
    const perPair = tf.mul(
      btPerPair(tf.sub(chosen, rejected), margin, smoothing, smoothedMargin),
      decided,
    ) as Tensor1D;
    return { perPair, loss: meanOfCounted(perPair, decided, average) };
  });
}

/** @throws RangeError when a margin is not a number of at least 0: below, a loss would want the wrong order. */
export function checkMargin(operation: string, margin: number): void {
  if (!(Number.isFinite(margin) && margin >= 0)) {
    throw new RangeError(`${operation}: expected a margin of at least 0, received ${JSON.stringify(margin)}`);
  }
}

/** @throws RangeError when a smoothing is not in [0, 0.5]. */
export function checkSmoothing(operation: string, smoothing: number): void {
  if (!(smoothing >= 0 && smoothing <= 0.5)) {
    throw new RangeError(`${operation}: expected a label smoothing in [0, 0.5], received ${smoothing}`);
  }
}
