import { expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { type Tensor2D, type Tensor3D, tf } from '../../../src/engine/tf.js';
import { dropout, dropPathFactors } from '../../../src/model/layers/dropout.js';
import { describeEngines } from '../../support/engines.js';
import { tensorOf } from '../../support/formula.js';

await describeEngines('dropout', () => {
  it('drops a share of the values and scales the others up', () => {
    tf.tidy(() => {
      const kept = dropout(tf.ones([100, 200]), 0.2, new Random(1)).dataSync();
      const zeros = kept.filter((value) => value === 0).length;
      // The standard deviation is 57.
      expect(Math.abs(zeros - 4000)).toBeLessThan(250);
      for (const value of kept) if (value !== 0) expect(value).toBeCloseTo(1.25, 6);
    });
  });

  it('drops the same from the same seed, and has the gradient of what it kept', () => {
    tf.tidy(() => {
      const x = tensorOf<Tensor2D>([4, 6], (i) => i + 1);
      const y = dropout(x, 0.5, new Random(3));
      expect(dropout(x, 0.5, new Random(3)).dataSync()).toEqual(y.dataSync());
      expect(dropout(x, 0.5, new Random(4)).dataSync()).not.toEqual(y.dataSync());
      const gradient = tf.grad((a) => dropout(a, 0.5, new Random(3)))(x);
      expect(gradient.dataSync()).toEqual(tf.div(y, x).dataSync());
    });
  });

  it('changes nothing in evaluation, or at rate 0', () => {
    tf.tidy(() => {
      const x = tf.ones([2, 3]);
      expect(dropout(x, 0.5)).toBe(x);
      expect(dropPathFactors(2, 0, new Random(1))).toBeUndefined();
      expect(dropPathFactors(2, 0.5)).toBeUndefined();
    });
  });
});

await describeEngines('dropPathFactors', () => {
  it('drops whole samples', () => {
    tf.tidy(() => {
      const factors = dropPathFactors(400, 0.25, new Random(1)) as Tensor3D;
      expect(factors.shape).toEqual([400, 1, 1]);
      const kept = factors.arraySync();
      const zeros = kept.filter(([[value]]) => value === 0).length;
      // The standard deviation is 8.7.
      expect(Math.abs(zeros - 100)).toBeLessThan(40);
      expect(kept.find(([[value]]) => value !== 0)![0][0]).toBeCloseTo(4 / 3, 6);
    });
  });
});
