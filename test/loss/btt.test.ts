import { expect, it } from 'vitest';
import { tf } from '../../src/engine/tf.js';
import { bttPerPair } from '../../src/loss/btt.js';
import { describeAllEngines } from '../support/engines.js';

await describeAllEngines('bttPerPair', () => {
  it('is even, and 2 ln(1 + e^m) where the rewards are equal', async () => {
    const values = tf.tidy(() => bttPerPair(tf.tensor1d([-1.5, 0, 1.5]), 3));
    const [left, middle, right] = await values.data();
    values.dispose();
    expect([left]).toBeAllclose([right]);
    expect([middle]).toBeAllclose([2 * Math.log1p(Math.exp(3))]);
  });
});
