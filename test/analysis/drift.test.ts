import { describe, expect, it } from 'vitest';
import { kolmogorovSmirnov } from '../../src/analysis/kolmogorovSmirnov.js';
import { populationStability } from '../../src/analysis/populationStability.js';
import { wasserstein } from '../../src/analysis/wasserstein.js';
import { reference } from './reference/reference.js';

describe('drift', () => {
  it.each(reference.drift)("equals scipy's: $name", ({ before, after, distance, p, ...expected }) => {
    const test = kolmogorovSmirnov(before, after);
    expect(test.exact).toBe(true);
    expect(test.distance).toBeAllclose(distance, { rtol: 1e-12 });
    expect(test.p).toBeAllclose(p, { rtol: 1e-9 });
    expect(wasserstein(before, after)).toBeAllclose(expected.wasserstein, { rtol: 1e-12 });
    expect(populationStability(before, after)).toBeAllclose(expected.stability, { rtol: 1e-12, atol: 1e-15 });
  });

  it("takes Kolmogorov's distribution for large samples", () => {
    const before = Array.from({ length: 2500 }, (_, i) => i / 2500);
    const after = Array.from({ length: 2000 }, (_, i) => (i / 2000) ** 1.05);
    const { distance, p, exact } = kolmogorovSmirnov(before, after);
    expect(exact).toBe(false);
    expect(distance).toBeAllclose(reference.largeDrift.distance, { rtol: 1e-9 });
    expect(p).toBeAllclose(reference.largeDrift.p, { rtol: 1e-6 });
    const far = after.map((value) => value + 0.1);
    expect(kolmogorovSmirnov(before, far).p).toBeLessThan(1e-8);
    expect(kolmogorovSmirnov(before, before.slice(0, 2499)).p).toBeAllclose(1, { rtol: 1e-9 });
  });

  it('refuses empty samples and NaN', () => {
    for (const measure of [kolmogorovSmirnov, wasserstein, populationStability]) {
      expect(() => measure([], [1])).toThrow('before: expected at least one score, received none');
      expect(() => measure([1], [1, Number.POSITIVE_INFINITY])).toThrow(
        'after: score 2: expected a finite number',
      );
    }
  });
});
