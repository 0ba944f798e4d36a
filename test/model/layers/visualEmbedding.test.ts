import { expect, it } from 'vitest';
import { tf } from '../../../src/engine/tf.js';
import { visualEmbedding } from '../../../src/model/layers/visualEmbedding.js';
import { describeEngines } from '../../support/engines.js';

await describeEngines('visualEmbedding', () => {
  const ids = () =>
    tf.tensor2d(
      [
        [0, 3, 1],
        [3, 3, 2],
      ],
      [2, 3],
      'int32',
    );
  const table = () => tf.tensor2d([[0], [10], [20], [30]]);

  it('puts visual tokens in the places of their placeholders, row by row', () => {
    tf.tidy(() => {
      const embedded = visualEmbedding(table(), ids(), 3, tf.tensor2d([[5], [6], [7]]));
      expect(embedded.arraySync()).toEqual([
        [[0], [5], [10]],
        [[6], [7], [20]],
      ]);
    });
  });

  it('names both counts where they differ', () => {
    tf.tidy(() => {
      expect(() => visualEmbedding(table(), ids(), 3, tf.tensor2d([[5], [6]]))).toThrow(
        'decode: 3 placeholders in the ids, but 2 visual tokens',
      );
    });
  });
});
