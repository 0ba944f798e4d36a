import { expect, it } from 'vitest';
import { tf } from '../../../src/engine/tf.js';
import { gelu, quickGelu } from '../../../src/model/layers/gelu.js';
import { describeEngines } from '../../support/engines.js';

await describeEngines('gelu', () => {
  // Φ(1) = 0.8413447, Φ(0.5) = 0.6914625; φ(1) = 0.2419707.
  it('is x · Φ(x), with its gradient', () => {
    tf.tidy(() => {
      const x = tf.tensor1d([-8, -1, 0, 0.5, 1, 8]);
      expect(gelu(x).dataSync()).toBeAllclose([0, -0.1586553, 0, 0.3457312, 0.8413447, 8], { atol: 1e-6 });
      const slope = tf
        .grad(gelu)(tf.tensor1d([-1, 0, 1]))
        .dataSync();
      expect(slope).toBeAllclose([0.1586553 - 0.2419707, 0.5, 0.8413447 + 0.2419707], { atol: 1e-6 });
    });
  });
});

await describeEngines('quickGelu', () => {
  it('is x · σ(1.702 x), with its gradient', () => {
    tf.tidy(() => {
      const s = 1 / (1 + Math.exp(-1.702));
      expect(quickGelu(tf.tensor1d([-1, 0, 1])).dataSync()).toBeAllclose([s - 1, 0, s], { atol: 1e-6 });
      const slope = tf
        .grad(quickGelu)(tf.tensor1d([0, 1]))
        .dataSync();
      expect(slope).toBeAllclose([0.5, s + 1.702 * s * (1 - s)], { atol: 1e-6 });
    });
  });
});
