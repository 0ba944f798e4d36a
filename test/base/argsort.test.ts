import { describe, expect, it } from 'vitest';
import { argsort, ordered } from '../../src/base/argsort.js';
import { Random } from '../../src/base/random.js';

describe('argsort', () => {
  it('sorts nothing, one, and equal values in their order', () => {
    expect([...argsort([])]).toEqual([]);
    expect([...argsort([3])]).toEqual([0]);
    expect([...argsort([0, 2, -0, 2, -1])]).toEqual([4, 0, 2, 1, 3]);
  });

  it('sorts a long list as comparisons do, with ties, signs, zeros and extreme sizes', () => {
    const random = new Random(5);
    const values = Array.from({ length: 20_000 }, (_, i) =>
      i % 3 === 0
        ? random.integer(50) - 25
        : i % 7 === 0
          ? -0
          : random.normal() * 10 ** (random.integer(600) - 300),
    );
    const expected = values.map((_, i) => i).sort((a, b) => values[a] - values[b] || a - b);
    expect([...argsort(values)]).toEqual(expected);
  });

  it('sorts many numbers that differ in their last bits alone', () => {
    const random = new Random(6);
    const values = Array.from({ length: 20_000 }, () => -1 - random.integer(10_000) * Number.EPSILON);
    expect(new Set(values).size).toBeGreaterThan(8000);
    const expected = values.map((_, i) => i).sort((a, b) => values[a] - values[b] || a - b);
    expect([...argsort(values)]).toEqual(expected);
  });

  it('gives the values in their order, 0 for -0', () => {
    expect([...ordered([2, -0, -1]).sorted]).toEqual([-1, 0, 2]);
    const long = Array.from({ length: 5000 }, (_, i) => (i % 5 === 0 ? -0 : ((i * 37) % 100) - 50));
    const sorted = long.map((value) => value + 0).sort((a, b) => a - b);
    expect([...ordered(long).sorted]).toEqual(sorted);
  });

  it('sorts a long list anew when it has changed', () => {
    const values = Array.from({ length: 5000 }, (_, i) => i % 100);
    const before = argsort(values);
    expect(argsort(values)).toBe(before);
    values[7] = -1;
    expect(argsort(values)[0]).toBe(7);
    values.push(-2);
    expect(argsort(values)[0]).toBe(5000);
  });
});
