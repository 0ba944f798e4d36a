import { expect, it } from 'vitest';
import { type Tensor1D, type Tensor2D, tf } from '../../../src/engine/tf.js';
import { layerNorm, rmsNorm } from '../../../src/model/layers/norm.js';
import { describeEngines } from '../../support/engines.js';
import { tensorOf, wave } from '../../support/formula.js';

const rows = [0, 1, 2];
const columns = [0, 1, 2, 3, 4];
const epsilon = 0.1;
const x = (row: number) => Array.from({ length: 5 }, (_, i) => 3 * wave(row * 5 + i));
const weight = (i: number) => 1 + 0.2 * i;
const bias = (i: number) => 0.1 - 0.3 * i;
const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;

function rms(values: number[]): number[] {
  const size = Math.sqrt(mean(values.map((v) => v * v)) + epsilon);
  return values.map((v, i) => (v / size) * weight(i));
}

function layer(values: number[]): number[] {
  const centre = mean(values);
  const size = Math.sqrt(mean(values.map((v) => (v - centre) ** 2)) + epsilon);
  return values.map((v, i) => ((v - centre) / size) * weight(i) + bias(i));
}

/** d/dx of Σ wave(j) f(x)_j, by central differences in double precision. */
function slope(f: (values: number[]) => number[], row: number): number[] {
  const total = (values: number[]) => f(values).reduce((sum, y, j) => sum + wave(row * 5 + j + 7) * y, 0);
  return x(row).map((_, i) => {
    const moved = (by: number) => total(x(row).map((v, j) => (j === i ? v + by : v)));
    return (moved(1e-5) - moved(-1e-5)) / 2e-5;
  });
}

await describeEngines('norms', () => {
  const input = () => tensorOf<Tensor2D>([3, 5], (i) => 3 * wave(i));
  const w = () => tensorOf<Tensor1D>([5], weight);
  const b = () => tensorOf<Tensor1D>([5], bias);
  const ours = {
    rms: (t: Tensor2D) => rmsNorm(t, w(), epsilon),
    layer: (t: Tensor2D) => layerNorm(t, w(), b(), epsilon),
  };
  const plain = { rms, layer };

  it.each(['rms', 'layer'] as const)('%s norm has the values and the gradient of its formula', (kind) => {
    tf.tidy(() => {
      expect(ours[kind](input()).dataSync()).toBeAllclose(
        rows.flatMap((row) => plain[kind](x(row))),
        { rtol: 1e-6 },
      );
      const weighted = (t: Tensor2D) =>
        tf.sum(
          tf.mul(
            ours[kind](t),
            tensorOf([3, 5], (i) => wave(i + 7)),
          ),
        );
      const gradient = tf.grad(weighted as never)(input());
      expect(gradient.dataSync()).toBeAllclose(
        rows.flatMap((row) => slope(plain[kind], row)),
        { rtol: 1e-5 },
      );
    });
  });

  it('the gradients of weight and bias are those of their formulas', () => {
    tf.tidy(() => {
      const [dw, db] = tf.grads((a, c) => tf.sum(layerNorm(input(), a, c, epsilon)))([w(), b()]);
      const [dr] = tf.grads((a) => tf.sum(rmsNorm(input(), a, epsilon)))([w()]);
      const sums = (f: (values: number[]) => number[], scale: (y: number, i: number) => number) =>
        columns.map((i) => rows.reduce((sum, row) => sum + scale(f(x(row))[i], i), 0));
      expect(dr.dataSync()).toBeAllclose(
        sums(rms, (y, i) => y / weight(i)),
        { rtol: 1e-6 },
      );
      expect(dw.dataSync()).toBeAllclose(
        sums(layer, (y, i) => (y - bias(i)) / weight(i)),
        { rtol: 1e-6 },
      );
      expect(db.dataSync()).toBeAllclose([3, 3, 3, 3, 3]);
    });
  });
});
