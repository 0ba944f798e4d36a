import { loadBackend, tf } from './tf.js';

/** The GPU that WebGPU runs on; `software` for one that is emulated on the CPU. */
export interface WebGpuAdapter {
  name: string;
  software: boolean;
}

type WebGpuBackend = new (
  device: GPUDevice,
  info: GPUAdapterInfo,
) => import('@tensorflow/tfjs-core').KernelBackend;

let started: Promise<WebGpuAdapter> | undefined;

/**
 * Starts WebGPU (the `webgpu` package: Dawn) and registers the backend `webgpu` of TensorFlow.js on it.
 * The driver is Vulkan's choice; `VK_DRIVER_FILES` names another one, such as the software driver SwiftShader.
 * Tensors of this engine are read with `await tensor.data()` only: `dataSync` throws.
 * @throws when the package is not installed or no adapter is found.
 */
export function loadWebGpu(): Promise<WebGpuAdapter> {
  started ??= start();
  return started;
}

async function start(): Promise<WebGpuAdapter> {
  const dawn = await import('webgpu').catch(() => {
    throw new Error('the package webgpu is not installed');
  });
  Object.assign(globalThis, dawn.globals);
  const gpu = dawn.create([]);
  if (!('navigator' in globalThis)) Object.defineProperty(globalThis, 'navigator', { value: {} });
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });

  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('no Vulkan, Metal or Direct3D 12 driver');
  const device = await adapter.requestDevice({ requiredLimits: limits(adapter) });

  const { WebGPUBackend } = loadBackend('@tensorflow/tfjs-backend-webgpu') as {
    WebGPUBackend: WebGpuBackend;
  };
  // The package registers itself on a device with a mistaken feature list and without the adapter's limits.
  tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new WebGPUBackend(device, adapter.info));
  return { name: adapter.info.description, software: adapter.info.isFallbackAdapter };
}

/** The adapter's own limits: the defaults of WebGPU (128 MiB a binding) are too small for weights. */
function limits(adapter: GPUAdapter): Record<string, number> {
  const names = [
    'maxBufferSize',
    'maxStorageBufferBindingSize',
    'maxComputeWorkgroupStorageSize',
    'maxComputeWorkgroupsPerDimension',
    'maxComputeWorkgroupSizeX',
    'maxComputeInvocationsPerWorkgroup',
  ] as const;
  return Object.fromEntries(names.map((name) => [name, adapter.limits[name]]));
}
