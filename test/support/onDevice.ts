import { tf } from '../../src/engine/tf.js';
import type { WebGpuBackend } from '../../src/engine/webgpu.js';

interface Cache {
  convertAndCacheOnCPU(dataId: object, values: unknown): unknown;
}

/**
 * From here on the values of a tensor are nowhere but on the WebGPU device, from its making on, small ones and those that
 * have been read too; reading them without waiting is an error. TensorFlow.js by itself keeps values on the host until
 * an operation needs them on the device, and those that were read: what reads them at once works by luck.
 * @returns what ends it.
 */
export function keepOnDevice(): () => void {
  const backend = tf.backend() as unknown as WebGpuBackend & Cache;
  const write = backend.write.bind(backend);
  Object.assign(backend, {
    write: (...made: Parameters<typeof write>) => {
      const dataId = write(...made);
      const [values] = made as [ArrayLike<number> | null, number[], string];
      if (values && values.length > 0) backend.uploadToGPU(dataId);
      return dataId;
    },
    convertAndCacheOnCPU: (_: object, values: unknown) => values,
    readSync: (dataId: object) => {
      const { values, shape } = backend.tensorMap.get(dataId);
      if (values && (values as ArrayLike<number>).length === 0) return values;
      throw new Error(`a tensor [${shape}] on the device was read without waiting`);
    },
  });
  return () => {
    const own = backend as Partial<typeof backend>;
    delete own.write;
    delete own.convertAndCacheOnCPU;
    delete own.readSync;
  };
}
