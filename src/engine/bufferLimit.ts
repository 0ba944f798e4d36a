import { formatBytes } from '../base/formatBytes.js';

/** WebGPU has no smaller elements: booleans too take 4 bytes. */
const bytesOf = (dtype: string) => (dtype === 'complex64' ? 8 : 4);

/**
 * Checks that a tensor fits the largest buffer of a WebGPU device.
 * @param largest bytes that the device gives one buffer, and lets a computation read of it.
 * @throws RangeError with the tensor's shape, type and bytes, and the limit.
 */
export function checkBuffer(
  { shape, dtype }: { shape: readonly number[]; dtype: string },
  largest: number,
): void {
  const bytes = shape.reduce((product, size) => product * size, bytesOf(dtype));
  if (bytes <= largest) return;
  throw new RangeError(
    `webgpu: a tensor [${shape.join(', ')}] of ${dtype} takes ${formatBytes(bytes)}, more than the ` +
      `${formatBytes(largest)} that this GPU gives one tensor. Take a smaller batch, fewer frames a clip or a smaller ` +
      "model, or another engine: engine.use('native')",
  );
}
