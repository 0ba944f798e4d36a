import type { KernelBackend } from '@tensorflow/tfjs-core';
import { checkBuffer } from './bufferLimit.js';
import { replaceKernels } from './softwareKernels.js';
import { loadBackend, tf } from './tf.js';

/** The GPU that WebGPU runs on; `software` for one that is emulated on the CPU. */
export interface WebGpuAdapter {
  name: string;
  software: boolean;
}

/** What is used of TensorFlow.js's backend. */
export interface WebGpuBackend extends KernelBackend {
  /** What is known of a tensor; its values are null once they have been uploaded. */
  readonly tensorMap: {
    get(dataId: object): {
      shape: number[];
      dtype: string;
      values: ArrayLike<number> | null;
      resource?: GPUBuffer;
    };
  };
  readonly bufferManager: { acquireBuffer(bytes: number, usage: number): GPUBuffer };
  /** Gives a tensor, of values or of a result to be, its buffer, if it has none yet. */
  uploadToGPU(dataId: object): void;
  /** Most bytes of one tensor. */
  largestBuffer: number;
}

type BackendClass = new (device: GPUDevice, info: GPUAdapterInfo) => WebGpuBackend;

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
  if (!('navigator' in globalThis)) Object.defineProperty(globalThis, 'navigator', { value: {} });
  const found = await adapterOf(dawn, []);
  // In software the loop that clears a shader's shared memory takes longer than the shader, and TensorFlow.js writes it first.
  const adapter = found.info.isFallbackAdapter
    ? await adapterOf(dawn, ['enable-dawn-features=disable_workgroup_init'])
    : found;
  const device = await adapter.requestDevice({ requiredLimits: limits(adapter) });

  const { WebGPUBackend } = loadBackend('@tensorflow/tfjs-backend-webgpu') as {
    WebGPUBackend: BackendClass;
  };
  /** TensorFlow.js asks for buffers of any size; the device makes one that is too large an invalid one, and goes on. */
  class LimitedBackend extends WebGPUBackend {
    override largestBuffer = Math.min(device.limits.maxBufferSize, device.limits.maxStorageBufferBindingSize);

    override uploadToGPU(dataId: object): void {
      const data = this.tensorMap.get(dataId);
      if (data.resource) return;
      checkBuffer(data, this.largestBuffer);
      const values = data.values && fewNumbers(data.values, data.dtype);
      if (!values) {
        super.uploadToGPU(dataId);
        return;
      }
      // TensorFlow.js would make a buffer for them to be copied from, and end the pass of shaders that it records.
      const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
      data.resource = this.bufferManager.acquireBuffer(values.byteLength, STORAGE | COPY_SRC | COPY_DST);
      data.values = null;
      device.queue.writeBuffer(data.resource, 0, values);
    }
  }
  // The package registers itself on a device with a mistaken feature list and without the adapter's limits.
  tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new LimitedBackend(device, adapter.info));
  if (adapter.info.isFallbackAdapter) replaceKernels();
  return { name: adapter.info.description, software: adapter.info.isFallbackAdapter };
}

/** Up to so many values go to the GPU beside the commands that use them; most of them are constants of an operation. */
const fewValues = 2 ** 14;

/** Few values as a GPU has them, of the types that have 4 bytes there; undefined for many, and for other types. */
function fewNumbers(values: ArrayLike<number>, dtype: string): ArrayBufferView<ArrayBuffer> | undefined {
  if (values.length > fewValues) return undefined;
  if (dtype === 'float32') return Float32Array.from(values);
  if (dtype === 'int32' || dtype === 'bool') return Int32Array.from(values);
  return undefined;
}

/** The fastest adapter of Dawn with these options, which is the one that TensorFlow.js finds from then on. */
async function adapterOf(dawn: typeof import('webgpu'), options: string[]): Promise<GPUAdapter> {
  const gpu = dawn.create(options);
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('no Vulkan, Metal or Direct3D 12 driver');
  return adapter;
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
