import { describe, expect, it } from 'vitest';
import { histogram, mean, median } from '../../src/analysis/distribution.js';

describe('mean and median', () => {
  it('are those of the scores', () => {
    expect(mean([1, 2, 6])).toBe(3);
    expect(median([6, 1, 2])).toBe(2);
    expect(median([10, 1, 2, 9])).toBe(5.5);
  });
  it('refuse no scores and NaN', () => {
    expect(() => mean([])).toThrow('mean: expected at least one score');
    expect(() => median([Number.NEGATIVE_INFINITY])).toThrow(
      'median: score 1: expected a finite number, received -Infinity',
    );
  });
});

describe('histogram', () => {
  it('counts every group in the same bins', () => {
    expect(
      histogram(
        [
          [0, 1, 4],
          [2, 3.9],
        ],
        4,
      ),
    ).toEqual({
      edges: [0, 1, 2, 3, 4],
      counts: [
        [1, 1, 0, 1],
        [0, 0, 1, 1],
      ],
    });
  });

  it('puts a score on an inner edge right of it, though 0.3 / 0.1 is below 3', () => {
    const tenths = Array.from({ length: 11 }, (_, i) => i / 10);
    const { edges, counts } = histogram([tenths], 10);
    const expected = edges.slice(0, -1).map((low, i) => {
      const last = i === 9;
      return tenths.filter((x) => x >= low && (last ? x <= edges[i + 1] : x < edges[i + 1])).length;
    });
    expect(counts[0]).toEqual(expected);
    expect(mean(counts[0])).toBeCloseTo(1.1, 12);
  });

  it('has one bin for equal scores', () => {
    expect(histogram([[2, 2], [2]])).toEqual({ edges: [1.5, 2.5], counts: [[2], [1]] });
  });

  it('counts in given edges, an empty group too', () => {
    expect(histogram([[0, 1, 3, 10], []], [0, 1, 3, 10]).counts).toEqual([
      [1, 1, 2],
      [0, 0, 0],
    ]);
    for (const score of [-0.1, 10.1]) {
      expect(() => histogram([[score]], [0, 1, 3, 10])).toThrow(
        `histogram: expected scores from 0 to 10, received ${score}`,
      );
    }
  });

  it('refuses empty groups and bad bins', () => {
    expect(() => histogram([])).toThrow('histogram: expected at least one group');
    expect(() => histogram([[1], []])).toThrow('histogram: group 2: expected at least one');
    expect(() => histogram([[1]], 0)).toThrow('bins must be a whole number from 1 on, received 0');
  });
});
