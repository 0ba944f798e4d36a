import { readFile, writeFile } from 'node:fs/promises';
import { nativeBackend } from './binding.js';
import { compiles } from './compile.js';
import { tf } from './tf.js';

/**
 * Most bytes that were taken at once while something ran: of a GPU's memory, as its allocator counts them; of memory by
 * this process on the `native` engine, whose allocator does not count small tensors; elsewhere by the tensors of
 * TensorFlow.js.
 */
export async function peakBytes(action: () => Promise<unknown>): Promise<number> {
  const backend = nativeBackend();
  if (backend?.isUsingGpuDevice && compiles()) {
    backend.binding.deviceMemory(true);
    await action();
    return backend.binding.deviceMemory(true)?.peak ?? 0;
  }
  if (compiles()) {
    await writeFile('/proc/self/clear_refs', '5'); // begins a new peak
    await action();
    const [, kilobytes] = (await readFile('/proc/self/status', 'utf8')).match(/VmHWM:\s*(\d+)/) ?? [];
    return 1024 * Number(kilobytes);
  }
  let failure: { error: unknown } | undefined;
  // A profile that throws would never end.
  const { peakBytes } = await tf.profile((async () => {
    await action().catch((error) => {
      failure = { error };
    });
  }) as never);
  if (failure) throw failure.error;
  return peakBytes;
}
