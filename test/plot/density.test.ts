import { expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { density, unitOf } from '../../src/plot/density.js';

it('is the mean of a normal curve over each value', () => {
  const random = new Random(1);
  const values = Array.from({ length: 500 }, () => random.normal() + (random.chance(0.3) ? 4 : 0));
  const { x, y, bandwidth } = density(values);
  const mean = values.reduce((sum, v) => sum + v, 0) / 500;
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 499);
  expect(bandwidth).toBeLessThanOrEqual(0.9 * deviation * 500 ** -0.2 + 1e-12);
  const direct = x.map(
    (place) =>
      values.reduce((sum, v) => sum + Math.exp(-0.5 * ((place - v) / bandwidth) ** 2), 0) /
      (500 * bandwidth * Math.sqrt(2 * Math.PI)),
  );
  expect(y).toBeAllclose(direct, { rtol: 0.01 });
});

it('of equal values is a narrow hill, also where all groups are one value', () => {
  const { y, bandwidth } = density(
    [2, 2],
    unitOf([
      [2, 2],
      [0, 10],
    ]),
  );
  expect(bandwidth).toBe(0.1);
  expect(Math.max(...y)).toBeCloseTo(1 / (0.1 * Math.sqrt(2 * Math.PI)), 6);
  expect(unitOf([[5], [5]])).toBe(0.05);
  expect(unitOf([[0]])).toBe(0.01);
});
