import { expect, it } from 'vitest';
import { type Tensor, type Tensor4D, tf } from '../../../src/engine/tf.js';
import { patchEmbedding } from '../../../src/model/layers/patchEmbedding.js';
import { describeEngines } from '../../support/engines.js';
import { tensorOf, wave } from '../../support/formula.js';

const [count, channels, size, patch, width] = [2, 3, 6, 2, 5];
const grid = size / patch;

/** The convolution with kernel and stride p, term by term. */
function* terms() {
  for (let n = 0; n < count; n++)
    for (let token = 0; token < grid * grid; token++)
      for (let d = 0; d < width; d++)
        for (let c = 0; c < channels; c++)
          for (let y = 0; y < patch; y++)
            for (let x = 0; x < patch; x++) {
              const row = Math.floor(token / grid) * patch + y;
              const column = (token % grid) * patch + x;
              yield {
                out: (n * grid * grid + token) * width + d,
                pixel: ((n * channels + c) * size + row) * size + column,
                weight: ((d * channels + c) * patch + y) * patch + x,
              };
            }
}

await describeEngines('patchEmbedding', () => {
  const pixels = () => tensorOf<Tensor4D>([count, channels, size, size], wave);
  const weight = () => tensorOf<Tensor4D>([width, channels, patch, patch], (i) => wave(i + 50));
  const bias = () => tensorOf<Tensor>([width], (i) => i);
  const embed = (a: Tensor, w: Tensor, b: Tensor) => patchEmbedding(a as Tensor4D, w, b);

  it('is the convolution whose kernel is its stride', () => {
    tf.tidy(() => {
      const expected = Array.from({ length: count * grid * grid * width }, (_, i) => i % width);
      for (const { out, pixel, weight: w } of terms()) expected[out] += wave(pixel) * wave(w + 50);
      const tokens = embed(pixels(), weight(), bias());
      expect(tokens.shape).toEqual([count, grid * grid, width]);
      expect(tokens.dataSync()).toBeAllclose(expected, { rtol: 1e-6 });
    });
  });

  it('has its gradients', () => {
    tf.tidy(() => {
      const dPixels = new Array<number>(pixels().size).fill(0);
      const dWeight = new Array<number>(weight().size).fill(0);
      const dy = tensorOf<Tensor>([count, grid * grid, width], (i) => wave(i + 9));
      for (const { out, pixel, weight: w } of terms()) {
        dPixels[pixel] += wave(out + 9) * wave(w + 50);
        dWeight[w] += wave(out + 9) * wave(pixel);
      }
      const [da, dw] = tf.grads(embed)([pixels(), weight(), bias()], dy);
      expect(da.dataSync()).toBeAllclose(dPixels, { rtol: 1e-5 });
      expect(dw.dataSync()).toBeAllclose(dWeight, { rtol: 1e-5 });
    });
  });
});
