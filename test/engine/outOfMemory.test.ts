import { describe, expect, it } from 'vitest';
import { OutOfMemoryError, outOfMemory } from '../../src/engine/outOfMemory.js';

const binding = (message: string) => new Error(`Invalid TF_Status: 8\nMessage: ${message}`);
const onGpu = 'on /job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc';

describe('outOfMemory', () => {
  it.each([
    [
      `OOM when allocating tensor with shape[16,16,1025,1025] and type float ${onGpu} [Op:BatchMatMulV2]`,
      { bytes: 16 * 16 * 1025 * 1025 * 4, operation: 'BatchMatMulV2', device: 'GPU' },
    ],
    [
      `OOM when allocating tensor with shape[1024,4096] and type bfloat16 ${onGpu}\n\t [[{{node decoder/MatMul_3}}]]\nHint: ... [Op:gradient_7]`,
      { bytes: 1024 * 4096 * 2, operation: 'decoder/MatMul_3', device: 'GPU' },
    ],
    [
      'OOM when allocating tensor of shape [] and type double [Op:Fill]',
      { bytes: 8, operation: 'Fill', device: 'GPU' },
    ],
    [
      'OOM when allocating temporary tensor with shape[5,0] [Op:TopK]',
      { bytes: 0, operation: 'TopK', device: 'GPU' },
    ],
    [
      'OOM when allocating tensor with shape[3] and type variant on /device:GPU:0 [Op:Pack]',
      { bytes: undefined, operation: 'Pack', device: 'GPU' },
    ],
    [
      'OOM when allocating tensor with shape[8] and type int64 on /job:localhost/replica:0/task:0/device:CPU:0 by allocator mklcpu [Op:Cast]',
      { bytes: 64, operation: 'Cast', device: 'CPU' },
    ],
    [
      'RESOURCE_EXHAUSTED: Out of memory while trying to allocate 33762398024 bytes. [Op:gradient_7]',
      { bytes: 33762398024, operation: 'gradient_7', device: 'GPU' },
    ],
    [
      'Out of memory while trying to allocate 16.00GiB.',
      { bytes: 16 * 2 ** 30, operation: 'the training step', device: 'GPU' },
    ],
    ['Out of memory allocating 4096 bytes.', { bytes: 4096, operation: 'the training step', device: 'GPU' }],
    [
      'Failed to allocate request for 1.50GiB (1610612736B) on device ordinal 0',
      { bytes: 1.5 * 2 ** 30, operation: 'the training step', device: 'GPU' },
    ],
    [
      'CUDA_ERROR_OUT_OF_MEMORY: out of memory',
      { bytes: undefined, operation: 'the training step', device: 'GPU' },
    ],
  ])('reads "%s"', (message, expected) => {
    const original = binding(message);
    const error = outOfMemory(original, 'the training step') as OutOfMemoryError;
    expect(error).toBeInstanceOf(OutOfMemoryError);
    expect({ bytes: error.bytes, operation: error.operation, device: error.device }).toEqual(expected);
    expect(error.cause).toBe(original);
  });

  it('says how much was asked for, by what, and what to change', () => {
    const error = outOfMemory(
      binding(
        `OOM when allocating tensor with shape[16,16,1025,1025] and type float ${onGpu} [Op:BatchMatMulV2]`,
      ),
    ) as Error;
    expect(error.message).toMatch(
      /^BatchMatMulV2 asked for 1\.0 GiB, which is not free on the GPU\. .*micro-batch.*checkpointing.*bfloat16.*frames/,
    );
    expect(error.name).toBe('OutOfMemoryError');
    expect((outOfMemory(binding('out of memory')) as Error).message).toMatch(
      /^An operation asked for memory, which/,
    );
  });

  it('reads a message that the binding has cut', () => {
    const error = outOfMemory(binding('OOM when allocating tensor with shape[16,16,10')) as OutOfMemoryError;
    expect(error).toBeInstanceOf(OutOfMemoryError);
    expect(error.bytes).toBeUndefined();
  });

  it('leaves other errors and an error that it has read as they are', () => {
    const other = new Error('the boom of a room');
    expect(outOfMemory(other)).toBe(other);
    expect(outOfMemory('OOM when allocating')).toBe('OOM when allocating');
    const read = outOfMemory(binding('out of memory'));
    expect(outOfMemory(read)).toBe(read);
  });
});
