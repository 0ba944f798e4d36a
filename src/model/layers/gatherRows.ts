import { type Tensor, type Tensor2D, tf } from '../../engine/tf.js';

/**
 * Rows of a table: [rows, H] and n indices to [n, H]. Its gradient adds up what each row received; where the engine
 * lacks the kernel for that (WASM), by a product with one-hot vectors.
 */
export function gatherRows(table: Tensor2D, indices: Int32Array): Tensor2D {
  const rows = table.shape[0];
  const gather = tf.customGrad((x: Tensor | unknown, save: unknown) => {
    const positions = tf.tensor1d(indices, 'int32');
    (save as (tensors: Tensor[]) => void)([positions]);
    const value = tf.gather(x as Tensor2D, positions);
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const where = saved[0] as typeof positions;
      if (tf.getKernel('UnsortedSegmentSum', tf.getBackend())) return tf.unsortedSegmentSum(dy, where, rows);
      return tf.matMul(tf.cast(tf.oneHot(where, rows), 'float32') as Tensor2D, dy as Tensor2D, true, false);
    };
    return { value, gradFunc };
  });
  return gather(table) as Tensor2D;
}
