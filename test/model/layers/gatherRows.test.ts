import { expect, it } from 'vitest';
import { type Tensor2D, tf } from '../../../src/engine/tf.js';
import { gatherRows } from '../../../src/model/layers/gatherRows.js';
import { describeAllEngines } from '../../support/engines.js';

await describeAllEngines('gatherRows', () => {
  const table = () => tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [4, 2]);
  const indices = Int32Array.of(3, 1, 3);

  it('takes rows in order, more than once', async () => {
    const rows = tf.tidy(() => gatherRows(table(), indices));
    expect(rows.shape).toEqual([3, 2]);
    expect([...(await rows.data())]).toEqual([7, 8, 3, 4, 7, 8]);
    rows.dispose();
  });

  it('adds up in the gradient what each row received', async () => {
    const before = tf.memory().numTensors;
    const gradient = tf.tidy(() => {
      const dy = tf.tensor2d([1, 10, 2, 20, 4, 40], [3, 2]);
      return tf.grad((x) => gatherRows(x as Tensor2D, indices))(table(), dy);
    });
    expect([...(await gradient.data())]).toEqual([0, 0, 2, 20, 0, 0, 5, 50]);
    gradient.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
