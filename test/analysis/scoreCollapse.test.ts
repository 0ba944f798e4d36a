import { describe, expect, it } from 'vitest';
import { scoreCollapse } from '../../src/analysis/scoreCollapse.js';

describe('scoreCollapse', () => {
  it('counts clusters of nearly equal scores', () => {
    const scores = [0.5, 1, 0.50001, 0.50002, 2];
    expect(scoreCollapse(scores)).toEqual({ distinct: 3, largestShare: 0.6 });
    expect(scoreCollapse(scores, { tolerance: 0 })).toEqual({ distinct: 5, largestShare: 0.2 });
  });
  it('finds a model that collapsed', () => {
    expect(scoreCollapse([3, 3, 3, 3])).toEqual({ distinct: 1, largestShare: 1 });
  });
  it('refuses no scores, NaN and a tolerance below 0', () => {
    expect(() => scoreCollapse([])).toThrow('scoreCollapse: expected at least one score');
    expect(() => scoreCollapse([Number.NaN])).toThrow('scoreCollapse: none of 1 row has a score');
    expect(() => scoreCollapse([1], { tolerance: -1 })).toThrow('tolerance must be 0 or more, received -1');
  });
});
