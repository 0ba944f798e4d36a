import { tf } from './tf.js';

/** What a kernel is given and gives of a tensor. */
export interface TensorInfo {
  dataId: object;
  shape: number[];
  dtype: string;
}

/**
 * Puts a kernel in the place of one of an engine of TensorFlow.js.
 * @param isForOriginal tells the calls that the kernel there is keeps.
 */
export function replaceKernel<Call>(
  name: string,
  backend: string,
  isForOriginal: (call: Call) => boolean,
  kernel: (call: Call) => unknown,
): void {
  const original = tf.getKernel(name, backend);
  const kernelFunc = (call: Call) =>
    isForOriginal(call) ? original.kernelFunc(call as never) : kernel(call);
  tf.unregisterKernel(name, backend);
  tf.registerKernel({ ...original, kernelFunc: kernelFunc as never });
}
