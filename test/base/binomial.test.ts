import { expect, it } from 'vitest';
import { binomial } from '../../src/base/binomial.js';
import { Random } from '../../src/base/random.js';

it.each([
  [0, 0.5],
  [20, 0.3],
  [1000, 0.001],
  [100_000, 0.7],
  [3_000_000, 0.5],
])('binomial of %i draws at %f has its mean and variance', (n, p) => {
  const random = new Random(7);
  const draws = Array.from({ length: 4000 }, () => binomial(random, n, p));
  expect(draws.every((hits) => Number.isInteger(hits) && hits >= 0 && hits <= n)).toBe(true);
  const mean = draws.reduce((sum, hits) => sum + hits, 0) / draws.length;
  const variance = draws.reduce((sum, hits) => sum + (hits - mean) ** 2, 0) / draws.length;
  const expected = n * p * (1 - p);
  // Five standard errors of a mean and of a variance.
  expect(Math.abs(mean - n * p)).toBeLessThanOrEqual(5 * Math.sqrt(expected / draws.length) + 1e-12);
  expect(Math.abs(variance - expected)).toBeLessThanOrEqual(5 * expected * Math.sqrt(2 / draws.length) + 0.3);
});

it('binomial knows what is certain', () => {
  const random = new Random(1);
  expect([binomial(random, 1_000_000, 0), binomial(random, 1_000_000, 1)]).toEqual([0, 1_000_000]);
});
