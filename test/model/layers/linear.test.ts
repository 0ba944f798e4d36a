import { expect, it } from 'vitest';
import { type Tensor3D, tf } from '../../../src/engine/tf.js';
import { linear, linearOf } from '../../../src/model/layers/linear.js';
import { variableOf } from '../../../src/model/weights/safetensors.js';
import { describeEngines } from '../../support/engines.js';

await describeEngines('linear', () => {
  it('is x Wᵀ + b over the last axis, with W as PyTorch lays it out', () => {
    tf.tidy(() => {
      const x = tf.tensor3d([1, 2, 3, 4, 5, 6], [1, 2, 3]);
      const weight = tf.tensor2d([1, 0, 0, 0, 1, -1], [2, 3]);
      const y = linear(x, weight, tf.tensor1d([10, 20]));
      expect(y.shape).toEqual([1, 2, 2]);
      expect([...y.dataSync()]).toEqual([11, 19, 14, 19]);
      expect([...linear(x, weight).dataSync()]).toEqual([1, -1, 4, -1]);
    });
  });

  it('has gradients for input, weight and bias of any rank', () => {
    tf.tidy(() => {
      const x = tf.tensor3d([1, 2, 3, 4, 5, 6], [2, 1, 3]);
      const [dx, dw, db] = tf.grads((a, w, b) => tf.sum(linear(a, w, b)))([
        x,
        tf.tensor2d([1, 0, 2, 0, 1, -1], [2, 3]),
        tf.zeros([2]),
      ]);
      expect([...dx.dataSync()]).toEqual([1, 1, 1, 1, 1, 1]);
      expect([...dw.dataSync()]).toEqual([5, 7, 9, 5, 7, 9]);
      expect([...db.dataSync()]).toEqual([2, 2]);
    });
  });

  it('takes its parameters by name, the bias only where there is one', () => {
    const weights = new Map([['a.weight', variableOf(Float32Array.of(2, 3), [1, 2])]]);
    tf.tidy(() => {
      const x = tf.ones([1, 1, 2]) as Tensor3D;
      expect([...linearOf(weights, 'a', x).dataSync()]).toEqual([5]);
      weights.set('a.bias', variableOf(Float32Array.of(1), [1]));
      expect([...linearOf(weights, 'a', x).dataSync()]).toEqual([6]);
      expect(() => linearOf(weights, 'b', x)).toThrow('weights: there is no parameter "b.weight"');
    });
    tf.dispose([...weights.values()]);
  });
});
