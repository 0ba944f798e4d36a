import { type Tensor3D, type Tensor5D, tf } from '../../engine/tf.js';

/**
 * Merges each n x n block of a grid of tokens into one token of n² times the channels.
 * X[y][x][C] -> Y[channel (n·dy + dx)·C + k] = X[n·y' + dy][n·x' + dx][k]; token y'·g' + x' in version `v2`,
 * x'·g' + y' (the picture transposed) in `v1`. Source: official implementation, pixel shuffle with ratio 1/n.
 * @param x [tiles, g², C]. @returns [tiles, (g/n)², n²·C].
 * @throws when the grid is not a square of whole blocks.
 */
export function pixelShuffle(x: Tensor3D, n: number, version: 'v1' | 'v2'): Tensor3D {
  const [tiles, tokens, channels] = x.shape;
  const grid = Math.sqrt(tokens);
  const merged = grid / n;
  if (!Number.isInteger(merged)) {
    throw new RangeError(
      `pixelShuffle: ${tokens} tokens are not a square of ${n} x ${n} blocks; the patches of a side have to be a ` +
        `multiple of ${n}, one over the downsample ratio`,
    );
  }
  // Rank 5: the tile and the block row share an axis.
  const blocks = tf.reshape(x, [tiles * merged, n, merged, n, channels]) as Tensor5D;
  const rows = tf.reshape(tf.transpose(blocks, [0, 2, 1, 3, 4]), [tiles, merged, merged, n * n * channels]);
  const ordered = version === 'v2' ? rows : tf.transpose(rows, [0, 2, 1, 3]);
  return tf.reshape(ordered, [tiles, merged * merged, n * n * channels]) as Tensor3D;
}
