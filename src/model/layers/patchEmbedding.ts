import { type Tensor, type Tensor3D, type Tensor4D, tf } from '../../engine/tf.js';

/**
 * Patches of pictures as tokens, row by row: the convolution whose kernel is its stride, as one matrix product.
 * @param pixels [n, channels, S, S]. @param weight [D, channels, p, p]. @param bias [D]. @returns [n, (S/p)², D].
 */
export function patchEmbedding(pixels: Tensor4D, weight: Tensor, bias: Tensor): Tensor3D {
  const [count, channels, size] = pixels.shape;
  const [width, , patch] = weight.shape;
  const grid = Math.floor(size / patch);
  const cells = tf.reshape(pixels, [count * channels, grid, patch, grid, patch]);
  const split = tf.reshape(tf.transpose(cells, [0, 1, 3, 2, 4]), [
    count,
    channels,
    grid * grid,
    patch * patch,
  ]);
  const patches = tf.reshape(tf.transpose(split, [0, 2, 1, 3]), [
    count * grid * grid,
    channels * patch * patch,
  ]);
  const kernel = tf.reshape(weight, [width, channels * patch * patch]);
  const tokens = tf.add(tf.matMul(patches as Tensor, kernel as Tensor, false, true), bias);
  return tf.reshape(tokens, [count, grid * grid, width]) as Tensor3D;
}
