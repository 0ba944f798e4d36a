import { describe, expect, it } from 'vitest';
import { signFlip, smallestP } from '../../src/audit/signFlip.js';
import { Random } from '../../src/base/random.js';

/** scipy 1.17.1: permutation_test((d,), mean, permutation_type='samples', n_resamples=inf).pvalue */
const ofScipy: [number[], number][] = [
  [[0.4, -0.1, 0.7, 0.3, 0.2, -0.25, 0.9, 0.05], 0.1015625],
  [[1, 2, 3], 0.25],
  [[0.5, -0.5, 0.25, 0.25, 1, 0], 0.375],
];

describe('signFlip', () => {
  it.each(ofScipy)('of %j is %d, as scipy has it', (differences, p) => {
    expect(signFlip(differences)).toBe(p);
    expect(signFlip(differences.map((one) => -one))).toBe(p);
  });

  it('of more than 16 differences is near the exact value, and the same each time', () => {
    // The same call of scipy with 200,000 draws: 0.01263.
    const differences = Array.from(
      { length: 25 },
      (_, i) => Math.round(1000 * (Math.sin(1.7 * i) + 0.35)) / 1000,
    );
    const p = signFlip(differences);
    // Four standard errors of 19,999 draws and of 200,000.
    expect(Math.abs(p - 0.01263)).toBeLessThan(4 * Math.sqrt(0.0126 * (1 / 19_999 + 1 / 200_000)));
    expect(signFlip(differences)).toBe(p);
    expect(signFlip(differences, 1)).not.toBe(p);
  });

  it('agrees with itself where it is drawn and where it is exact', () => {
    const random = new Random(3);
    const differences = Array.from({ length: 16 }, () => random.normal() + 0.5);
    // A seventeenth that is next to nothing makes no other p.
    expect(signFlip([...differences, 1e-12])).toBeCloseTo(signFlip(differences), 2);
  });

  it('is as small as it can be where all are of one sign, and 1 where there is no difference', () => {
    expect(signFlip(new Array(10).fill(0.3))).toBe(2 / 1024);
    expect(signFlip(new Array(40).fill(0.3))).toBe(1 / 20_000);
    expect([10, 16, 40, 0].map(smallestP)).toEqual([2 / 1024, 2 / 65536, 1 / 20_000, 1]);
    expect(signFlip([0, 0, 0])).toBe(1);
    expect(signFlip([])).toBe(1);
  });

  it('counts sums that are equal but for rounding', () => {
    // 0.1 + 0.2 is not 0.3: all eight ways but those two that are nearer to 0 count.
    expect(signFlip([0.1, 0.2, -0.3])).toBe(1);
  });

  it('is below a level as often as the level says where nothing differs', () => {
    const random = new Random(1);
    const values = Array.from({ length: 2000 }, () =>
      signFlip(Array.from({ length: 12 }, () => random.normal())),
    );
    const share = values.filter((p) => p <= 0.05).length / values.length;
    expect(share).toBeGreaterThan(0.03);
    expect(share).toBeLessThan(0.065);
  });
});
