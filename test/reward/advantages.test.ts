import { describe, expect, it } from 'vitest';
import { gdpoAdvantages, grpoAdvantages } from '../../src/reward/advantages.js';

const groups = ['p', 'p', 'p', 'q', 'q', 'q'];
const parts = { a: [0, 1, 2, 0, 0, 3], b: [100, 0, 200, 5, 5, 5] };

describe('grpoAdvantages', () => {
  it('normalises the sum within each group', () => {
    // Group p: 100, 1, 202, mean 101, deviation 100.5; group q: 5, 5, 8, mean 6, deviation √3.
    expect(grpoAdvantages(parts, groups)).toBeAllclose([
      ...[-1 / 100.503731, -100 / 100.503731, 101 / 100.503731],
      ...[-1 / Math.sqrt(3), -1 / Math.sqrt(3), 2 / Math.sqrt(3)],
    ]);
  });
});

describe('gdpoAdvantages', () => {
  it('normalises each part within each group, sums, and normalises over the batch', () => {
    // a: p -1, 0, 1; q -1, -1, 2 over √3. b: p 0, -1, 1; q flat.
    const summed = [-1 + 0, 0 - 1, 1 + 1, ...[-1, -1, 2].map((value) => value / Math.sqrt(3))];
    const deviation = Math.sqrt(summed.reduce((sum, value) => sum + value ** 2, 0) / 5);
    expect(gdpoAdvantages(parts, groups)).toBeAllclose(summed.map((value) => value / deviation));
  });

  it('weights parts after they are normalised, so that their units do not count', () => {
    const other = { a: parts.a, b: parts.b.map((value) => 7 * value - 3) };
    expect(gdpoAdvantages(other, groups, { b: 0.5 })).toBeAllclose(gdpoAdvantages(parts, groups, { b: 0.5 }));
    expect(gdpoAdvantages(parts, groups, { b: 0 })).toBeAllclose(gdpoAdvantages({ a: parts.a }, groups));
  });

  it('tells apart what the sum makes one', () => {
    // One group; rewards (0, 1), (1, 0), (1, 1), (0, 0) of two parts, and a third clip pair in the first part only.
    const two = { easy: [0, 1, 1, 0, 1, 1], hard: [1, 0, 1, 0, 0, 0] };
    const one = new Array(6).fill('p');
    const [summed, apart] = [grpoAdvantages(two, one), gdpoAdvantages(two, one)];
    expect(summed[0]).toBe(summed[1]);
    expect(apart[0]).toBeGreaterThan(apart[1]);
  });

  it('is 0 where nothing differs', () => {
    expect(gdpoAdvantages({ a: [1, 1], b: [2, 2] }, ['p', 'p'])).toEqual([0, 0]);
  });

  it.each([grpoAdvantages, gdpoAdvantages])('refuses parts that do not fit: %o', (advantages) => {
    expect(() => advantages({}, ['p'])).toThrow('expected at least one part');
    expect(() => advantages({ a: [1] }, ['p', 'p'])).toThrow(
      'expected 2 values of "a", one for each clip, received 1',
    );
    expect(() => advantages({ a: [1, Number.NaN] }, ['p', 'p'])).toThrow('NaN');
  });

  it('refuses weights that do not fit', () => {
    expect(() => gdpoAdvantages({ a: [1, 2] }, ['p', 'p'], { b: 1 })).toThrow('received 1 of "b"');
    expect(() => gdpoAdvantages({ a: [1, 2] }, ['p', 'p'], { a: Number.NaN })).toThrow('received NaN of "a"');
  });
});
