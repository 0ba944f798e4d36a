import { beforeAll, describe, expect, it } from 'vitest';
import { type Tensor, tf } from '../../src/engine/tf.js';
import { use } from '../../src/engine/use.js';

describe('kernels of the engine wasm', () => {
  beforeAll(() => use('wasm'));

  const filled = (shape: number[]) => tf.randomUniform(shape, -1, 1, 'float32', 7);

  /** Σ over k of a[m, k] b[k, n], number by number; the leading dimensions are broadcast. */
  function expected(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
    return tf.tidy(() => {
      const swapped = (x: Tensor) => {
        const axes = x.shape.map((_, axis) => axis);
        return tf.transpose(x, [...axes.slice(0, -2), axes[axes.length - 1], axes[axes.length - 2]]);
      };
      const rows = tf.expandDims(transposeA ? swapped(a) : a, -1);
      const columns = tf.expandDims(transposeB ? swapped(b) : b, -3);
      return tf.sum(tf.mul(rows, columns), -2);
    });
  }

  it.each([
    { a: [5, 7], b: [7, 3] },
    { a: [4, 5, 7], b: [4, 7, 3] },
    { a: [4, 5, 7], b: [1, 7, 3] },
    { a: [1, 5, 7], b: [4, 7, 3] },
    { a: [2, 3, 5, 7], b: [2, 3, 7, 3] },
    { a: [2, 1, 5, 7], b: [1, 3, 7, 3] },
    { a: [3, 5, 7], b: [2, 1, 7, 3] },
    { a: [4, 1, 1], b: [4, 1, 1] },
  ])('multiply $a by $b, as they are and transposed', async ({ a, b }) => {
    const flipped = (shape: number[]) => [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!];
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const left = filled(transposeA ? flipped(a) : a);
        const right = filled(transposeB ? flipped(b) : b);
        const before = tf.memory().numTensors;
        const product = tf.matMul(left, right, transposeA, transposeB);
        expect(tf.memory().numTensors).toBe(before + 1);
        const exact = expected(left, right, transposeA, transposeB);
        expect(product.shape).toEqual(exact.shape);
        const values = await exact.data();
        for (const [i, value] of (await product.data()).entries()) expect(value).toBeCloseTo(values[i], 5);
        tf.dispose([left, right, product, exact]);
      }
    }
  });

  it('leave no memory behind', () => {
    const [a, b] = [filled([8, 40, 30]), filled([8, 50, 30])];
    const size = () => (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length;
    const multiply = () => tf.dispose([tf.matMul(a, b, false, true), ...tf.split(a, [10, 20], 2)]);
    for (let i = 0; i < 20; i++) multiply();
    const [memory, tensors] = [size(), tf.memory().numDataBuffers];
    // 1,000 of its products would fill 64 MB.
    for (let i = 0; i < 1000; i++) multiply();
    expect(size()).toBe(memory);
    expect(tf.memory().numDataBuffers).toBe(tensors);
    tf.dispose([a, b]);
  });

  it('name two shapes that do not fit', () => {
    const [a, b] = [filled([2, 5, 7]), filled([2, 6, 3])];
    expect(() => tf.matMul(a, b)).toThrow('matMul: [2,5,7] and [2,6,3] do not fit: 7 is not 6');
    tf.dispose([a, b]);
  });

  it.each([
    { shape: [6], axis: 0, sizes: [1, 2, 3] },
    { shape: [4, 6, 5], axis: 0, sizes: [3, 1] },
    { shape: [4, 6, 5], axis: 1, sizes: [2, 0, 4] },
    { shape: [4, 6, 5], axis: 2, sizes: [4, 1] },
    { shape: [2, 3, 200], axis: -1, sizes: [70, 130] },
    { shape: [2, 0, 4], axis: 2, sizes: [1, 3] },
  ])('split $shape along $axis into $sizes', async ({ shape, axis, sizes }) => {
    for (const dtype of ['float32', 'int32'] as const) {
      const x = tf.cast(tf.reshape(tf.range(0, tf.util.sizeFromShape(shape)), shape), dtype);
      const pieces = tf.split(x, sizes, axis);
      expect(pieces.map(({ dtype }) => dtype)).toEqual(sizes.map(() => dtype));
      let begin = 0;
      for (const [i, piece] of pieces.entries()) {
        const at = axis < 0 ? axis + shape.length : axis;
        const start = shape.map((_, other) => (other === at ? begin : 0));
        const size = shape.map((n, other) => (other === at ? sizes[i] : n));
        expect(piece.shape).toEqual(size);
        expect(await piece.array()).toEqual(await tf.slice(x, start, size).array());
        begin += sizes[i];
      }
      tf.dispose([x, ...pieces]);
    }
  });

  it('split into as many equal pieces', async () => {
    const x = tf.reshape(tf.range(0, 12), [2, 6]);
    const pieces = tf.split(x, 3, 1);
    expect(await Promise.all(pieces.map((piece) => piece.array()))).toEqual([
      [
        [0, 1],
        [6, 7],
      ],
      [
        [2, 3],
        [8, 9],
      ],
      [
        [4, 5],
        [10, 11],
      ],
    ]);
    tf.dispose([x, ...pieces]);
  });
});
