import { afterEach, expect, it, vi } from 'vitest';
import { check } from '../../src/engine/check.js';
import { tf } from '../../src/engine/tf.js';
import { describeAllEngines } from '../support/engines.js';

/** The factor by which matrix products are wrong. */
const fault = vi.hoisted(() => ({ factor: 1 }));

vi.mock('../../src/engine/tf.js', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../src/engine/tf.js')>();
  const matMul = (...operands: Parameters<typeof tf.matMul>) => {
    const product = original.tf.matMul(...operands);
    return fault.factor === 1 ? product : original.tf.mul(product, fault.factor);
  };
  return { ...original, tf: Object.create(original.tf, { matMul: { value: matMul } }) };
});

afterEach(() => {
  fault.factor = 1;
});

await describeAllEngines('check', (engine) => {
  it('passes an engine that computes rightly', async () => {
    const before = tf.memory().numTensors;
    const result = await check(engine);
    expect(result).toMatchObject({ engine, ok: true });
    expect(result.matmulError).toBeLessThan(1e-5);
    expect(result.gradientError).toBeLessThan(1e-5);
    expect(result.gflops).toBeGreaterThan(0);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('does not pass an engine whose product is wrong', async () => {
    fault.factor = 1.01;
    const result = await check(engine);
    expect(result.ok).toBe(false);
    expect(result.matmulError).toBeCloseTo(0.01, 4);
    expect(result.gradientError).toBeGreaterThan(1e-3);
  });
});
