import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { checkBuffer } from '../../src/engine/bufferLimit.js';
import { type Tensor, tf } from '../../src/engine/tf.js';
import { use } from '../../src/engine/use.js';
import type { WebGpuBackend } from '../../src/engine/webgpu.js';
import { allEngines } from '../support/engines.js';

describe('checkBuffer', () => {
  it('names shape, type, bytes and limit of a tensor that is too large, and what to do', () => {
    const shape = [8, 16, 4096, 4096];
    expect(() => checkBuffer({ shape, dtype: 'float32' }, 2 ** 31 - 4)).toThrow(
      'webgpu: a tensor [8, 16, 4096, 4096] of float32 takes 8.0 GiB, more than the 2.0 GiB that this GPU gives one ' +
        'tensor. Take a smaller batch',
    );
    expect(() => checkBuffer({ shape, dtype: 'float32' }, 1)).toThrow(RangeError);
  });

  it.each([
    ['float32', 256],
    ['int32', 256],
    ['bool', 256],
    ['complex64', 128],
  ])('%s: %i elements fill 1024 bytes', (dtype, count) => {
    expect(() => checkBuffer({ shape: [count], dtype }, 1024)).not.toThrow();
    expect(() => checkBuffer({ shape: [count + 1], dtype }, 1024)).toThrow(RangeError);
  });
});

describe.runIf((await allEngines()).includes('webgpu'))('a tensor that WebGPU has no buffer for', () => {
  let backend: WebGpuBackend;
  let device: number;
  beforeAll(async () => {
    await use('webgpu');
    backend = tf.backend() as unknown as WebGpuBackend;
    device = backend.largestBuffer;
  });
  afterEach(() => {
    backend.largestBuffer = device;
  });

  it('is an error where a kernel would make it, at the limit of the device', () => {
    expect(device).toBeGreaterThanOrEqual(2 ** 27);
    const count = device / 4 + 1;
    expect(() => tf.tidy(() => tf.fill([count], 1))).toThrow(`webgpu: a tensor [${count}] of float32`);
  });

  it('is an error where its values would be uploaded, and leaves the engine as it was', async () => {
    const before = tf.memory().numTensors;
    const large = tf.tensor(new Float32Array(64 * 64), [64, 64]);
    const [row, column] = [tf.ones([1, 64]), tf.ones([64, 1])];
    backend.largestBuffer = 1024;
    expect(() => tf.tidy(() => tf.matMul(row as never, large as never))).toThrow(
      'webgpu: a tensor [64, 64] of float32 takes 0.0156 MiB, more than the 0.000977 MiB',
    );
    expect(() => tf.tidy(() => tf.matMul(column as never, row as never))).toThrow(
      /a tensor \[1, 64, 64\] of float32/,
    );
    const product = tf.tidy(() => tf.matMul(row as never, column as never)) as Tensor;
    expect(await product.data()).toBeAllclose([64]);
    tf.dispose([large, row, column, product]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
