import { expect, it } from 'vitest';
import { quantile } from '../../src/base/quantile.js';

it('is linear between neighbours, from the lowest to the highest value', () => {
  const sorted = [1, 2, 4, 8];
  expect([0, 0.25, 0.5, 5 / 6, 1].map((share) => quantile(sorted, share))).toBeAllclose([1, 1.75, 3, 6, 8]);
  expect(quantile([7], 0.3)).toBe(7);
});

it('is NaN of no values', () => {
  expect(quantile([], 0.5)).toBeNaN();
});
