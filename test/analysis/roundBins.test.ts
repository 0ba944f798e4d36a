import { expect, it } from 'vitest';
import { roundBins } from '../../src/analysis/roundBins.js';

it('has edges that are round numbers to the last bit, 0 among them', () => {
  const { edges, width } = roundBins([-0.25, 0.7], 10);
  expect(width).toBe(0.1);
  expect(edges).toEqual([-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
  expect(roundBins([-3900, 1000], 5).edges).toEqual([-4000, -3000, -2000, -1000, 0, 1000]);
});

it('covers every score by no bin too many, whatever the scale', () => {
  for (let exponent = -12; exponent <= 12; exponent++) {
    for (const [low, high] of [
      [0.3, 0.7],
      [-1.1, 2.9],
      [5, 5.0001],
      [-7, -6.3],
    ]) {
      const { edges } = roundBins([low * 10 ** exponent, high * 10 ** exponent], 12);
      expect(edges[0]).toBeLessThanOrEqual(low * 10 ** exponent);
      expect(edges[1]).toBeGreaterThan(low * 10 ** exponent);
      expect(edges[edges.length - 1]).toBeGreaterThanOrEqual(high * 10 ** exponent);
      expect(edges[edges.length - 2]).toBeLessThan(high * 10 ** exponent);
    }
  }
});

it('has one bin of width 1 for equal scores', () => {
  expect(roundBins([2, 2])).toEqual({ edges: [2, 3], width: 1 });
});

it('refuses no scores, NaN and a count of bins below 1', () => {
  expect(() => roundBins([])).toThrow('roundBins: scores: expected at least one');
  expect(() => roundBins([1, Number.NaN])).toThrow('roundBins: scores[1]: expected a finite number');
  expect(() => roundBins([1, 2], 0)).toThrow('roundBins: bins must be at least 1, received 0');
});
