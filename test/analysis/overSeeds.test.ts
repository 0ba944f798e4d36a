import { describe, expect, it } from 'vitest';
import { overSeeds, pairedOverSeeds, verdict } from '../../src/analysis/overSeeds.js';
import { reference } from './reference/reference.js';

describe('overSeeds', () => {
  it.each(reference.seeds.cases)("equals scipy's intervals of %o", ({ first, second, mean, difference }) => {
    const own = overSeeds(first);
    expect([own.value, own.low, own.high]).toBeAllclose(mean, { rtol: 1e-10 });
    const paired = pairedOverSeeds(first, second);
    expect([paired.value, paired.low, paired.high]).toBeAllclose(difference, { rtol: 1e-10 });
  });

  it('says what an interval decides', () => {
    const of = (differences: number[]) =>
      pairedOverSeeds(
        differences,
        differences.map(() => 0),
      ).verdict;
    expect(of([1, 1.1, 0.9])).toBe('holds');
    expect(of([-1, -1.1, -0.9])).toBe('does not hold');
    expect(of([-1, 1, 0.5])).toBe('not decidable');
    expect(of([0, 0])).toBe('not decidable');
    expect(verdict({ low: 0, high: 1 })).toBe('not decidable');
    expect(verdict({ low: 1e-9, high: 1 })).toBe('holds');
    expect(verdict({ low: -1, high: -1e-9 })).toBe('does not hold');
  });

  it.each([
    [[1], [2], 'at least two seeds'],
    [[], [], 'first: expected at least one'],
    [[1, Number.NaN], [1, 2], 'first[1]: expected a finite number, received NaN'],
    [[1, 2], [1, 2, 3], 'expected 2 results of the second'],
  ])('refuses %o and %o', (first, second, message) => {
    expect(() => pairedOverSeeds(first, second)).toThrow(message);
  });
});
