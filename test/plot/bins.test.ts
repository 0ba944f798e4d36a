import { expect, it } from 'vitest';
import { sharedBins } from '../../src/plot/bins.js';

it('has round edges and counts every value of every group once', () => {
  const groups = [Array.from({ length: 500 }, (_, i) => Math.sin(i) * 2.3), [0.31, 0.31, 5.17]];
  const { width, centers, counts } = sharedBins(groups);
  expect([0.1, 0.2, 0.5]).toContain(width);
  expect(centers.length).toBeGreaterThanOrEqual(8);
  expect(centers.length).toBeLessThanOrEqual(62);
  counts.forEach((counted, group) => {
    centers.forEach((center, bin) => {
      const inside = groups[group].filter((v) => v >= center - width / 2 && v < center + width / 2);
      expect(counted[bin]).toBe(inside.length);
    });
    expect(counted.reduce((sum, n) => sum + n, 0)).toBe(groups[group].length);
  });
});

it('puts an edge value to the right, and the largest in the last bin', () => {
  const { width, centers, counts } = sharedBins([[0, 0.3, 0.7, 1]], 10);
  expect(width).toBeCloseTo(0.1, 12);
  expect(centers[0]).toBeCloseTo(0.05, 12);
  expect(counts[0]).toEqual([1, 0, 0, 1, 0, 0, 0, 1, 0, 1]);
});

it('puts equal values into one bin, and takes an empty group', () => {
  expect(sharedBins([[2, 2], []])).toEqual({ width: 1, centers: [2.5], counts: [[2], [0]] });
});

it('is not blown up by one far value', () => {
  expect(
    sharedBins([[...Array.from({ length: 1000 }, (_, i) => i / 1000), 1e6]]).centers.length,
  ).toBeLessThan(100);
});
