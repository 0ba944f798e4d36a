import { tf } from './tf.js';

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
