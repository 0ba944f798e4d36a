import { describe, expect, it } from 'vitest';
import { type Scalar, type Tensor1D, tf } from '../../src/engine/tf.js';
import { bttPerPair } from '../../src/loss/btt.js';
import { describeAllEngines } from '../support/engines.js';
import { evaluate } from '../support/evaluateLoss.js';
import { lossCases } from '../support/goldenLosses.js';

await describeAllEngines('bttPerPair', () => {
  describe('golden cases', () => {
    it.each(lossCases('btt'))('$id', async (golden) => {
      const result = await evaluate((chosen, rejected) => {
        const perPair = bttPerPair(tf.sub(chosen, rejected) as Tensor1D, golden.params.reward_margin);
        return { perPair, loss: tf.mean(perPair) as Scalar };
      }, golden);
      expect([result.loss]).toBeAllclose([golden.loss]);
      expect(result.perPair).toBeAllclose(golden.loss_per_pair);
      expect(result.gradChosen).toBeAllclose(golden.grad_chosen, { atol: 1e-7 });
      expect(result.gradRejected).toBeAllclose(golden.grad_rejected, { atol: 1e-7 });
    });
  });

  it('is even, and 2 ln(1 + e^m) where the rewards are equal', async () => {
    const values = tf.tidy(() => bttPerPair(tf.tensor1d([-1.5, 0, 1.5]), 3));
    const [left, middle, right] = await values.data();
    values.dispose();
    expect([left]).toBeAllclose([right]);
    expect([middle]).toBeAllclose([2 * Math.log1p(Math.exp(3))]);
  });
});
