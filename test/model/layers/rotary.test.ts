import { expect, it } from 'vitest';
import { type Tensor4D, tf } from '../../../src/engine/tf.js';
import { rotaryTable, rotate } from '../../../src/model/layers/rotary.js';
import { describeEngines } from '../../support/engines.js';
import { tensorOf, wave } from '../../support/formula.js';

const [batch, heads, length, size, theta] = [2, 3, 4, 6, 100];

/** Pairs (x_j, x_{j + d/2}) turned as complex numbers by position · θ^(-2j/d). */
function turned(values: ArrayLike<number>, direction: 1 | -1): number[] {
  return Array.from(values, (_, i) => {
    const [position, channel] = [Math.floor(i / size) % length, i % size];
    const j = channel % 3;
    const angle = direction * position * theta ** ((-2 * j) / size);
    const [re, im] = [values[i - channel + j], values[i - channel + j + 3]];
    return channel < 3
      ? re * Math.cos(angle) - im * Math.sin(angle)
      : re * Math.sin(angle) + im * Math.cos(angle);
  });
}

await describeEngines('rotate', () => {
  const x = () => tensorOf<Tensor4D>([batch, heads, length, size], wave);

  it('turns each pair of channels by its angle', () => {
    tf.tidy(() => {
      const y = rotate(x(), rotaryTable(length, size, theta));
      expect(y.shape).toEqual([batch, heads, length, size]);
      expect(y.dataSync()).toBeAllclose(turned(x().dataSync(), 1), { rtol: 1e-6 });
    });
  });

  it('has the gradient that turns back', () => {
    tf.tidy(() => {
      const dy = tensorOf<Tensor4D>([batch, heads, length, size], (i) => wave(i + 100));
      const gradient = tf.grad((a) => rotate(a as Tensor4D, rotaryTable(length, size, theta)))(x(), dy);
      expect(gradient.dataSync()).toBeAllclose(turned(dy.dataSync(), -1), { rtol: 1e-6 });
    });
  });
});
