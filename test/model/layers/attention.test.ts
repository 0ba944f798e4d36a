import { expect, it } from 'vitest';
import { Compiled } from '../../../src/engine/compile.js';
import { type Tensor, type Tensor3D, type Tensor4D, tf } from '../../../src/engine/tf.js';
import {
  attend,
  decoderMask,
  joinHeads,
  paddingMask,
  splitHeads,
} from '../../../src/model/layers/attention.js';
import { describeEngines } from '../../support/engines.js';
import { tensorOf, wave } from '../../support/formula.js';

const [batch, heads, groups, length, size] = [2, 4, 2, 3, 5];
type Visible = (row: number, query: number, key: number) => boolean;

/** Attention of each query alone, in double precision, values in the order [B, heads, N, d]. */
function plainAttention(visible: Visible, q = wave, k = wave, v = wave): number[] {
  const result: number[] = [];
  for (let b = 0; b < batch; b++)
    for (let h = 0; h < heads; h++)
      for (let i = 0; i < length; i++) {
        const group = b * groups + Math.floor(h / (heads / groups));
        const shares = Array.from({ length }, (_, j) => {
          let score = 0;
          for (let c = 0; c < size; c++)
            score += q(((b * heads + h) * length + i) * size + c) * k((group * length + j) * size + c);
          return visible(b, i, j) ? Math.exp(score / Math.sqrt(size)) : 0;
        });
        const total = shares.reduce((sum, share) => sum + share);
        for (let c = 0; c < size; c++)
          result.push(
            shares.reduce((sum, s, j) => sum + (s / total) * v((group * length + j) * size + c), 0),
          );
      }
  return result;
}

await describeEngines('attend', () => {
  const query = () => tensorOf<Tensor4D>([batch, heads, length, size], wave);
  const narrow = () => tensorOf<Tensor4D>([batch, groups, length, size], wave);

  it('mixes the values of the group that a head belongs to', () => {
    tf.tidy(() => {
      const mixed = attend(query(), narrow(), narrow());
      expect(mixed.shape).toEqual([batch, heads, length, size]);
      expect(mixed.dataSync()).toBeAllclose(
        plainAttention(() => true),
        { rtol: 1e-5 },
      );
    });
  });

  it('sees neither later keys nor padding', () => {
    tf.tidy(() => {
      const tokens = tf.tensor2d([1, 1, 1, 1, 1, 0], [batch, length]);
      expect(paddingMask(tokens).shape).toEqual([batch, 1, length]);
      const mask = decoderMask(tokens);
      const expected = plainAttention((row, i, j) => j <= i && (row === 0 || j < 2));
      expect(attend(query(), narrow(), narrow(), mask).dataSync()).toBeAllclose(expected, { rtol: 1e-5 });
    });
  });

  it.each(['by itself', 'in a recorded function'])('has the gradients of its formula %s', async (how) => {
    const results = (inputs: Tensor[]) => {
      const mask = decoderMask(tf.ones([batch, length]));
      const dy = tensorOf<Tensor>([batch, heads, length, size], (i) => wave(i + 3));
      const f = (q: Tensor, k: Tensor, v: Tensor) =>
        attend(q as Tensor4D, k as Tensor4D, v as Tensor4D, mask);
      const { value, grads } = tf.valueAndGrads(f as (...args: Tensor[]) => Tensor)(inputs, dy);
      return [value, ...grads];
    };
    const inputs = [query(), narrow(), narrow()];
    const compiled = new Compiled(results, () => []);
    const [value, ...gradients] =
      how === 'by itself' ? tf.tidy(() => results(inputs)) : await compiled.call(inputs);
    try {
      const visible: Visible = (_, i, j) => j <= i;
      expect(await value.data()).toBeAllclose(plainAttention(visible), { rtol: 1e-5 });
      const loss = (moved: number, index: number, by: number) => {
        const inputs = [0, 1, 2].map((input) => (i: number) => {
          return wave(i) + (input === moved && i === index ? by : 0);
        });
        const mixed = plainAttention(visible, ...inputs);
        return mixed.reduce((sum, y, i) => sum + y * wave(i + 3), 0);
      };
      for (const [input, gradient] of gradients.entries()) {
        const expected = Array.from({ length: gradient.size }, (_, i) => {
          return (loss(input, i, 1e-5) - loss(input, i, -1e-5)) / 2e-5;
        });
        expect(await gradient.data()).toBeAllclose(expected, { rtol: 1e-5 });
      }
    } finally {
      compiled.dispose();
      tf.dispose([...inputs, value, ...gradients]);
    }
  });

  it('splits channels into heads and joins them again', () => {
    tf.tidy(() => {
      const x = tensorOf<Tensor3D>([1, 2, 6], (i) => i);
      const split = splitHeads(x, 3);
      expect(split.arraySync()).toEqual([
        [
          [
            [0, 1],
            [6, 7],
          ],
          [
            [2, 3],
            [8, 9],
          ],
          [
            [4, 5],
            [10, 11],
          ],
        ],
      ]);
      expect(joinHeads(split).arraySync()).toEqual(x.arraySync());
    });
  });
});
