import { expect, it } from 'vitest';
import { tf } from '../../src/engine/tf.js';
import { Bucket, bucketsOf, gatherGradients } from '../../src/train/buckets.js';
import { describeAllEngines } from '../engines.js';

const variables = (shapes: Record<string, number[]>) =>
  new Map(Object.entries(shapes).map(([name, shape]) => [name, tf.tidy(() => tf.variable(tf.zeros(shape)))]));

await describeAllEngines('Bucket', () => {
  it('gives its parameters the values of a vector and gathers them again', async () => {
    const parameters = variables({ a: [2, 3], b: [1], c: [4] });
    const before = tf.memory().numTensors;
    const bucket = new Bucket([...parameters]);
    const vector = tf.range(0, 11);
    bucket.assign(vector);
    expect(Array.from(await parameters.get('c')!.data())).toEqual([7, 8, 9, 10]);
    expect(parameters.get('a')!.shape).toEqual([2, 3]);
    const gathered = bucket.gather((_, variable) => variable);
    expect(Array.from(await gathered.data())).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    tf.dispose([vector, gathered]);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([...parameters.values()]);
  });
});

await describeAllEngines('bucketsOf', () => {
  it('separates the kinds, keeps the order, and gives a large parameter a bucket of its own', () => {
    const parameters = variables({ a: [2, 2], b: [3], c: [2100, 2100], d: [5], e: [2, 1] });
    const buckets = bucketsOf(parameters, (_, shape) => shape.length > 1);
    const names = buckets.map((bucket) => bucket.parameters.map(([name]) => name));
    expect(names).toEqual([['a'], ['b', 'd'], ['c'], ['e']]);
    expect(buckets[1].sizes).toEqual([3, 5]);
    tf.dispose([...parameters.values()]);
  });
});

await describeAllEngines('gatherGradients', () => {
  it('takes 0 for a gradient that is not there', async () => {
    const parameters = variables({ weight: [2], unused: [3] });
    const gradient = tf.tensor1d([5, 6]);
    const [vector] = gatherGradients(
      bucketsOf(parameters, () => true),
      { [parameters.get('weight')!.name]: gradient },
    );
    expect(Array.from(await vector.data())).toEqual([5, 6, 0, 0, 0]);
    tf.dispose([vector, gradient, ...parameters.values()]);
  });
});
