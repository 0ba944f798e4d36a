import { type Scalar, type Tensor1D, tf } from '../engine/tf.js';
import { type Loss, named } from './loss.js';
import { softplus } from './softplus.js';

/**
 * Bradley-Terry with win-ties as the paper writes it, without a margin: the mean over pairs of
 * μ sp(-d) + (1-μ) sp(d), d = chosen - rejected, μ = 1, in a tie ½. The official code trains another form: `winTie`.
 * Source: the paper's BT-WT loss.
 */
export function btWt(): Loss {
  return named({ name: 'btWt' }, (chosen, rejected, tie) => {
    const difference = tf.sub(chosen, rejected);
    const half = tf.mul(tie, 0.5); // 1 - μ
    const perPair = tf.add(
      tf.mul(softplus(tf.neg(difference)), tf.sub(1, half)),
      tf.mul(softplus(difference), half),
    ) as Tensor1D;
    return { perPair, loss: tf.mean(perPair) as Scalar };
  });
}
