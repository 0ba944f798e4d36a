import { type Tensor, type Tensor2D, tf } from '../../engine/tf.js';

/**
 * Rows of a table: [rows, H] and n indices to [n, H]. Its gradient adds up what each row received: by segments, or by
 * scattering where the engine lacks that kernel (WASM).
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
      return tf.scatterND(tf.expandDims(where, 1), dy, table.shape);
    };
    return { value, gradFunc };
  });
  return gather(table) as Tensor2D;
}
