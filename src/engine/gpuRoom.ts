import { nativeBackend } from './binding.js';
import { ofGpu } from './nvidia.js';

/** Bytes of the GPU in use that this process has or can have; undefined where there is none. */
export function gpuRoom(): number | undefined {
  const used = gpuUsed();
  if (used === undefined) return undefined;
  const limit = Number(process.env.SOLIREWARD_GPU_MEMORY_BYTES ?? Number.POSITIVE_INFINITY);
  const free = Number.parseFloat(ofGpu('memory.free') ?? '') * 2 ** 20; // in MiB
  return Number.isFinite(free) ? Math.min(limit, free + used) : undefined;
}

/** Bytes of the GPU in use that tensors of this process take; undefined where there is none. */
export function gpuUsed(): number | undefined {
  const backend = nativeBackend();
  if (!backend?.isUsingGpuDevice) return undefined;
  return backend.binding.deviceMemory?.(false)?.used ?? 0;
}
