import { dtypes, nativeBackend } from './binding.js';
import { compiles } from './compile.js';
import { type Tensor, tf } from './tf.js';

/** Bytes as an int32 tensor; where functions are compiled, they stay bytes on their way to the device and in its memory. */
export function bytesTensor(values: Uint8Array, shape: number[]): Tensor {
  const backend = nativeBackend();
  if (!backend || !compiles()) return tf.tensor(Int32Array.from(values), shape, 'int32');
  // The binding shares the array's memory until the tensor is gone: a view would keep, and send, its whole buffer.
  const id = backend.binding.createTensor(shape, dtypes.uint8, values.slice());
  return backend.createOutputTensor({ id, shape, dtype: dtypes.uint8 });
}
