import { describe, expect, it } from 'vitest';
import { farthest, pairScores } from '../../src/audit/pairedScores.js';

describe('pairScores', () => {
  it('pairs the clips that have both scores', () => {
    expect(pairScores([1, undefined, 3, 4], [5, 6, undefined, 8])).toEqual([
      { clip: 0, first: 1, second: 5 },
      { clip: 3, first: 4, second: 8 },
    ]);
  });

  it('finds the pair that rises or drops most', () => {
    const pairs = pairScores([0, 0, 0], [1, 3, -2]);
    expect(farthest(pairs, 'above').clip).toBe(1);
    expect(farthest(pairs, 'below').clip).toBe(2);
  });
});
