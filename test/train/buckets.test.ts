import { expect, it } from 'vitest';
import { canCompile } from '../../src/engine/compile.js';
import { type Tensor1D, tf } from '../../src/engine/tf.js';
import { bucketsOf, gatherGradients, groupsOf, join, split } from '../../src/train/buckets.js';
import { describeAllEngines } from '../support/engines.js';

const variables = (shapes: Record<string, number[]>) =>
  new Map(Object.entries(shapes).map(([name, shape]) => [name, tf.tidy(() => tf.variable(tf.zeros(shape)))]));

await describeAllEngines('split and join', () => {
  it.each([[[[2, 3], [1], [4]]], [[[3, 2]]]])(
    'takes a vector apart to %j and puts it together',
    async (shapes) => {
      const before = tf.memory().numTensors;
      const size = shapes.reduce((sum, shape) => sum + shape.reduce((product, n) => product * n, 1), 0);
      const vector = tf.range(0, size) as Tensor1D;
      const parts = split(vector, shapes);
      expect(parts.map(({ shape }) => shape)).toEqual(shapes);
      expect((await parts[parts.length - 1].data()).at(-1)).toBe(size - 1);
      const joined = join(parts);
      expect(await joined.data()).toEqual(await vector.data());
      tf.dispose([vector, joined, ...parts]);
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});

await describeAllEngines('bucketsOf', () => {
  it('separates the kinds and keeps the order; where functions are compiled, each has its own', () => {
    const parameters = variables({ a: [2, 2], b: [3], c: [2100, 2100], d: [5], e: [2, 1] });
    const buckets = bucketsOf(parameters, (_, shape) => shape.length > 1);
    const names = buckets.map((bucket) => bucket.parameters.map(([name]) => name));
    if (canCompile()) {
      expect(names).toEqual([['a'], ['b'], ['c'], ['d'], ['e']]);
    } else {
      expect(names).toEqual([['a'], ['b', 'd'], ['c'], ['e']]);
      expect(buckets[1].sizes).toEqual([3, 5]);
    }
    expect(buckets.map(({ size }) => size).reduce((a, b) => a + b)).toBe(2100 ** 2 + 14);
    expect(groupsOf(buckets)).toEqual([buckets.map((_, i) => i)]);
    tf.dispose([...parameters.values()]);
  });
});

await describeAllEngines('gatherGradients', () => {
  it('takes 0 for a gradient that is not there', async () => {
    const parameters = variables({ weight: [2], unused: [3] });
    const gradient = tf.tensor1d([5, 6]);
    const vectors = gatherGradients(
      bucketsOf(parameters, () => true),
      { [parameters.get('weight')!.name]: gradient },
    );
    const vector = join(vectors);
    expect(Array.from(await vector.data())).toEqual([5, 6, 0, 0, 0]);
    tf.dispose([vector, gradient, ...vectors, ...parameters.values()]);
  });
});
