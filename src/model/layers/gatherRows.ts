import { type Tensor, type Tensor1D, type Tensor2D, tf } from '../../engine/tf.js';

/**
 * Rows of a table: [rows, H] and n int32 indices to [n, H]. Its gradient adds up what each row received: by segments, or
 * by scattering where the engine lacks that kernel (WASM).
 */
export function gatherRows(table: Tensor2D, indices: Tensor1D | Int32Array): Tensor2D {
  const rows = table.shape[0];
  const gather = tf.customGrad((x: Tensor | unknown, save: unknown) => {
    const positions = indices instanceof Int32Array ? tf.tensor1d(indices, 'int32') : indices;
    (save as (tensors: Tensor[]) => void)([positions]);
    const value = tf.gather(x as Tensor2D, positions);
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const where = saved[0] as Tensor1D;
      if (tf.getKernel('UnsortedSegmentSum', tf.getBackend())) return tf.unsortedSegmentSum(dy, where, rows);
      return tf.scatterND(tf.expandDims(where, 1), dy, table.shape);
    };
    return { value, gradFunc };
  });
  return gather(table) as Tensor2D;
}
