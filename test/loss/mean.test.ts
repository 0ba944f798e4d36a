import { expect, it } from 'vitest';
import { tf } from '../../src/engine/tf.js';
import { meanOfCounted } from '../../src/loss/mean.js';
import { describeAllEngines } from '../support/engines.js';

await describeAllEngines('meanOfCounted', () => {
  it.each([
    ['all', [1, 0, 1], 2],
    ['counted', [1, 0, 1], 3],
    ['counted', [0, 0, 0], 6],
  ] as const)('divides by %s of %j', async (average, counted, expected) => {
    const mean = tf.tidy(() => meanOfCounted(tf.tensor1d([2, 0, 4]), tf.tensor1d([...counted]), average));
    expect(Array.from(await mean.data())).toEqual([expected]);
    mean.dispose();
  });
});
