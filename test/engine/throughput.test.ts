import { expect, it } from 'vitest';
import { tf } from '../../src/engine/tf.js';
import { matmulGflops } from '../../src/engine/throughput.js';
import { describeAllEngines } from '../support/engines.js';

await describeAllEngines('matmulGflops', () => {
  it('measures some products however short the time, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const speed = await matmulGflops(0);
    expect(speed).toBeGreaterThan(0);
    expect(speed).toBeLessThan(Number.POSITIVE_INFINITY);
    expect(tf.memory().numTensors).toBe(before);
  });
});
