import { expect, it } from 'vitest';
import { tf } from '../../src/engine/tf.js';
import { softplus } from '../../src/loss/softplus.js';
import { describeAllEngines } from '../support/engines.js';

const x = [-600, -88, -20, -1, -1e-6, 0, 1e-6, 1, 20, 88, 600];

await describeAllEngines('softplus', () => {
  it('is ln(1 + e^x), and its gradient σ(x), where e^x overflows or vanishes too', async () => {
    const [value, gradient] = tf.tidy(() => {
      const input = tf.tensor1d(x);
      return [softplus(input), tf.grad((it) => softplus(it))(input)];
    });
    const values = Array.from(await value.data());
    const gradients = Array.from(await gradient.data());
    tf.dispose([value, gradient]);
    x.forEach((at, i) => {
      // each element by itself; engines without a true log1p round its argument to 1 + x
      expect([values[i]]).toBeAllclose([Math.max(at, 0) + Math.log1p(Math.exp(-Math.abs(at)))], {
        atol: 1e-7,
      });
      expect([gradients[i]]).toBeAllclose([1 / (1 + Math.exp(-at))], { atol: 1e-7 });
    });
  });
});
