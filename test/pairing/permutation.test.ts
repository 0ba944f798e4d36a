import { describe, expect, it } from 'vitest';
import { Permutation } from '../../src/pairing/permutation.js';

/** Where the element at an index goes. */
const permute = (index: number, n: number, keys: readonly number[]) => new Permutation(n, keys).at(index);

describe('Permutation', () => {
  it.each([1, 2, 3, 4, 5, 16, 17, 1000])('is a permutation of %i elements for any key', (n) => {
    for (const key of [0, 1, -7, 2 ** 40]) {
      const places = Array.from({ length: n }, (_, i) => permute(i, n, [key, 3]));
      expect([...places].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    }
  });

  it('is the same for ever: runs continue by it', () => {
    const order = (n: number, keys: number[]) => {
      const permutation = new Permutation(n, keys);
      return Array.from({ length: 8 }, (_, i) => permutation.at(i));
    };
    expect(order(10, [1, 2, 3])).toEqual([3, 5, 6, 1, 0, 4, 8, 9]);
    expect(order(250_000, [-7, 4, 0])).toEqual([25341, 5305, 209080, 71809, 151554, 247831, 57802, 41086]);
    expect(order(2 ** 40, [2 ** 40, 1])).toEqual([
      1054930864792, 155105213926, 954810324086, 270820401166, 832465651002, 489388796391, 760874936036,
      553297523151,
    ]);
  });

  it('puts each element in each place equally often', () => {
    const n = 5;
    const trials = 20_000;
    const counts = new Float64Array(n * n);
    for (let key = 0; key < trials; key++) {
      for (let i = 0; i < n; i++) counts[i * n + permute(i, n, [key])]++;
    }
    const expected = trials / n;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(37.7); // 16 degrees of freedom, p = 0.0017
  });

  it('has independent neighbours, and another order for each key', () => {
    const n = 1000;
    const [a, b] = [1, 2].map((key) => Array.from({ length: n }, (_, i) => permute(i, n, [key])));
    expect(correlation(a.slice(1), a.slice(0, -1))).toBeLessThan(0.1);
    expect(correlation(a, b)).toBeLessThan(0.1);
    expect(
      correlation(
        a,
        a.map((_, i) => i),
      ),
    ).toBeLessThan(0.1);
  });
});

function correlation(x: number[], y: number[]): number {
  const mean = (v: number[]) => v.reduce((sum, value) => sum + value) / v.length;
  const [mx, my] = [mean(x), mean(y)];
  const dot = (u: number[], v: number[], mu: number, mv: number) =>
    u.reduce((sum, value, i) => sum + (value - mu) * (v[i] - mv), 0);
  return Math.abs(dot(x, y, mx, my)) / Math.sqrt(dot(x, x, mx, mx) * dot(y, y, my, my));
}
