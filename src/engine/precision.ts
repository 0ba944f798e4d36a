import { nativeBackend } from './binding.js';

/**
 * How matrix products are computed: in `float32`; in `tf32`, float32 whose factors have 10 bits of mantissa, on NVIDIA
 * GPUs; or with factors in `bfloat16` and sums in float32. All else is float32: weights, norms, softmax, loss, optimizer.
 */
export type Precision = 'float32' | 'tf32' | 'bfloat16';

export const precisions: readonly Precision[] = ['float32', 'tf32', 'bfloat16'];

let current: Precision = 'float32';

/** The precision in use. */
export const precision = (): Precision => current;

/**
 * Sets the precision of products from now on; what is recorded already for another one stays.
 * @throws RangeError for an unknown one.
 */
export function setPrecision(name: Precision): void {
  if (!precisions.includes(name)) {
    throw new RangeError(`precision: expected ${precisions.join(', ')}, received ${JSON.stringify(name)}`);
  }
  current = name;
  nativeBackend()?.binding.setTensorFloat32?.(name !== 'float32');
}

/** Runs something at another precision. */
export async function atPrecision<T>(name: Precision, action: () => Promise<T>): Promise<T> {
  const before = current;
  setPrecision(name);
  try {
    return await action();
  } finally {
    setPrecision(before);
  }
}
