import { expect, it } from 'vitest';
import { type Tensor3D, tf } from '../../../src/engine/tf.js';
import { pixelShuffle } from '../../../src/model/layers/pixelShuffle.js';
import { describeEngines } from '../../support/engines.js';
import { tensorOf } from '../../support/formula.js';

const [tiles, grid, channels] = [2, 8, 3];

/** Where each value comes from, by the index formula of the official layout. */
function sources(n: number, version: 'v1' | 'v2'): number[] {
  const merged = grid / n;
  const from = new Array<number>(tiles * grid * grid * channels);
  for (let tile = 0; tile < tiles; tile++)
    for (let y = 0; y < grid; y++)
      for (let x = 0; x < grid; x++)
        for (let k = 0; k < channels; k++) {
          const [by, bx] = [Math.floor(y / n), Math.floor(x / n)];
          const token = version === 'v2' ? by * merged + bx : bx * merged + by;
          const channel = (n * (y % n) + (x % n)) * channels + k;
          const to = (tile * merged * merged + token) * n * n * channels + channel;
          from[to] = ((tile * grid + y) * grid + x) * channels + k;
        }
  return from;
}

await describeEngines('pixelShuffle', () => {
  const x = () => tensorOf<Tensor3D>([tiles, grid * grid, channels], (i) => i);

  it.each([
    [2, 'v1'],
    [2, 'v2'],
    [4, 'v1'],
    [4, 'v2'],
  ] as const)('merges blocks of %i in version %s', (n, version) => {
    tf.tidy(() => {
      const y = pixelShuffle(x(), n, version);
      expect(y.shape).toEqual([tiles, (grid / n) ** 2, n * n * channels]);
      expect([...y.dataSync()]).toEqual(sources(n, version));
      const gradient = tf.grad((a) => tf.mul(pixelShuffle(a as Tensor3D, n, version), y))(x());
      expect([...gradient.dataSync()]).toEqual([...x().dataSync()]);
    });
  });

  it('says that the grid does not divide', () => {
    tf.tidy(() => {
      for (const tokens of [9, 12])
        expect(() => pixelShuffle(tf.zeros([1, tokens, 4]), 2, 'v2')).toThrow(
          `pixelShuffle: ${tokens} tokens are not a square of 2 x 2 blocks`,
        );
    });
  });
});
