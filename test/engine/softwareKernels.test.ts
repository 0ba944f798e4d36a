import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Tensor, tf } from '../../src/engine/tf.js';
import { use } from '../../src/engine/use.js';
import { allEngines } from '../support/engines.js';
import { keepOnDevice } from '../support/onDevice.js';

/** Numbers of a fixed sequence between -1 and 1. */
const numbers = (shape: readonly number[], seed: number): Float32Array =>
  Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, (_, i) => Math.sin(seed + 12.9898 * i));

/** The product of matrices [batch, m, k] and [batch, k, n], in double precision. */
function product(a: Float32Array, b: Float32Array, [batch, m, k, n]: number[]): Float32Array {
  const [ofA, ofB] = [a.length / (m * k), b.length / (k * n)];
  return Float32Array.from({ length: batch * m * n }, (_, at) => {
    const [matrix, row, column] = [Math.floor(at / (m * n)), Math.floor(at / n) % m, at % n];
    let sum = 0;
    for (let i = 0; i < k; i++)
      sum += a[((matrix % ofA) * m + row) * k + i] * b[((matrix % ofB) * k + i) * n + column];
    return sum;
  });
}

/** Matrices whose rows are the columns of others. */
function flipped(values: Float32Array, rows: number, columns: number): Float32Array {
  return values.map((_, at) => {
    const [matrix, place] = [Math.floor(at / (rows * columns)), at % (rows * columns)];
    return values[matrix * rows * columns + (place % rows) * columns + Math.floor(place / rows)];
  });
}

const available = await allEngines();

describe.runIf(available.includes('webgpu'))('kernels of WebGPU', () => {
  let end = () => {};
  beforeAll(async () => {
    await use('webgpu');
    end = keepOnDevice();
    return () => end();
  });
  afterEach(() => tf.env().set('WEBGPU_MATMUL_PROGRAM_TYPE', -1));

  /** a x b for each way to give them, beside the product in double precision. */
  async function expectProducts(left: number[], right: number[]): Promise<void> {
    const [m, k] = left.slice(-2);
    const n = right[right.length - 1];
    const outer = tf.backend_util.assertAndGetBroadcastShape(left.slice(0, -2), right.slice(0, -2));
    const [a, b] = [numbers(left, 1), numbers(right, 2)];
    const expected = product(a, b, [tf.util.sizeFromShape(outer), m, k, n]);
    const turned = (shape: number[]) => [
      ...shape.slice(0, -2),
      shape[shape.length - 1],
      shape[shape.length - 2],
    ];
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const x = transposeA ? tf.tensor(flipped(a, m, k), turned(left)) : tf.tensor(a, left);
        const y = transposeB ? tf.tensor(flipped(b, k, n), turned(right)) : tf.tensor(b, right);
        const before = tf.memory().numDataBuffers;
        const found = tf.matMul(x, y, transposeA, transposeB);
        expect(found.shape).toEqual([...outer, m, n]);
        expect(await found.data(), `${transposeA} ${transposeB}`).toBeAllclose(expected, { rtol: 1e-5 });
        expect(tf.memory().numDataBuffers).toBe(before + 1);
        tf.dispose([x, y, found]);
      }
    }
  }

  it.each([
    [
      [5, 7],
      [7, 3],
    ],
    [
      [33, 40],
      [40, 50],
    ],
    [
      [2, 17, 24],
      [2, 24, 16],
    ],
    [
      [4, 5, 7],
      [1, 7, 3],
    ],
    [
      [1, 5, 7],
      [4, 7, 3],
    ],
    [
      [2, 3, 5, 7],
      [2, 3, 7, 18],
    ],
    [
      [1, 1, 5, 7],
      [3, 7, 3],
    ],
    [
      [4, 1, 1],
      [4, 1, 1],
    ],
  ])('multiply %j by %j, as they are and transposed', (left, right) => expectProducts(left, right));

  // In software they are replaced: a GPU has them.
  it.each([
    [0, 'reduced'],
    [2, 'of small tiles'],
    [3, 'packed'],
  ])("multiply by TensorFlow.js's kernel %i (%s) where its flag asks for it", async (type) => {
    tf.env().set('WEBGPU_MATMUL_PROGRAM_TYPE', type);
    await expectProducts([2, 34, 24], [2, 24, 36]);
    await expectProducts([1, 5, 7], [1, 7, 3]);
  });

  it('name two shapes that do not fit', () => {
    const [a, b] = [tf.ones([2, 5, 7]), tf.ones([2, 6, 3])];
    expect(() => tf.matMul(a, b)).toThrow(/7.*6|6.*7/);
    tf.dispose([a, b]);
  });

  /** Rows of the innermost numbers. */
  const rowsOf = (values: Float32Array, columns: number) =>
    Array.from({ length: values.length / columns }, (_, row) => [
      ...values.subarray(row * columns, (row + 1) * columns),
    ]);
  const total = (row: readonly number[]) => row.reduce((sum, x) => sum + x, 0);

  it.each([[[7]], [[3, 5]], [[2, 17, 24]], [[2, 3, 5, 70]]])('softmax of %j', async (shape) => {
    const values = numbers(shape, 3).map((x) => 50 * x);
    const expected = rowsOf(values, shape[shape.length - 1]).flatMap((row) => {
      const most = Math.max(...row);
      const powers = row.map((x) => Math.exp(x - most));
      return powers.map((x) => x / total(powers));
    });
    const x = tf.tensor(values, shape);
    const found = tf.softmax(x);
    expect(found.shape).toEqual(shape);
    expect(await found.data()).toBeAllclose(expected, { rtol: 1e-5 });
    tf.dispose([x, found]);
  });

  it.each([
    { shape: [5], axis: 0, columns: 5, order: [0] },
    { shape: [3, 130], axis: -1, columns: 130, order: [0, 1] },
    { shape: [3, 5, 4], axis: 1, columns: 5, order: [0, 2, 1] },
    { shape: [3, 5, 4], axis: [0, 2], columns: 12, order: [1, 0, 2] },
    { shape: [3, 5, 4], axis: undefined, columns: 60, order: [0, 1, 2] },
  ])('sum and mean of $shape along $axis', async ({ shape, axis, columns, order }) => {
    const values = numbers(shape, 4);
    const x = tf.tensor(values, shape);
    const inner = tf.transpose(x, order);
    const sums = rowsOf((await inner.data()) as Float32Array, columns).map(total);
    const before = tf.memory().numDataBuffers;
    const found: Tensor[] = [
      tf.sum(x, axis),
      tf.mean(x, axis),
      tf.sum(x, axis, true),
      tf.mean(x, axis, true),
    ];
    const kept = found[2].shape;
    expect(kept).toHaveLength(shape.length);
    expect(kept.filter((size) => size > 1)).toEqual(found[0].shape);
    expect(found[3].shape).toEqual(kept);
    for (const [i, tensor] of found.entries())
      expect(await tensor.data()).toBeAllclose(i % 2 === 0 ? sums : sums.map((sum) => sum / columns), {
        atol: 1e-6,
      });
    expect(tf.memory().numDataBuffers).toBe(before + 4);
    tf.dispose([x, inner, ...found]);
  });

  it('sum many numbers as exactly as one after the other in blocks, and whole numbers as such', async () => {
    const tenths = tf.fill([100_000], 0.1);
    const sum = tf.sum(tenths);
    expect((await sum.data())[0]).toBeCloseTo(10_000, 1);
    const whole = tf.tensor([3, 1, 1], [3], 'int32');
    const exact = tf.sum(whole);
    expect(exact.dtype).toBe('int32');
    expect([...(await exact.data())]).toEqual([5]);
    tf.dispose([tenths, sum, whole, exact]);
  });
});
