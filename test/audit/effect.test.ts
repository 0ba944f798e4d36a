import { describe, expect, it } from 'vitest';
import { effectOf, unitOf } from '../../src/audit/effect.js';
import { pairScores } from '../../src/audit/pairedScores.js';

describe('effectOf', () => {
  it('counts wins with ties as a half, and takes the mean drop in units', () => {
    // Drops 1, 0, -0.5, 2: two wins and a tie of four; their mean 0.625, in units of 2.
    const { clips, wins, drop } = effectOf(pairScores([3, 1, 0, 2], [2, 1, 0.5, 0]), 2);
    expect(clips).toBe(4);
    expect(wins).toBe(0.625);
    expect(drop.value).toBe(0.3125);
    expect(drop.low).toBeLessThan(drop.value);
    expect(drop.high).toBeGreaterThan(drop.value);
  });

  it('has an interval near that of the mean', () => {
    // 1.96 s / √n with s² = 2 / 3 · (n / (n - 1)) of n = 300 drops of -1, 0 and 1.
    const drops = Array.from({ length: 300 }, (_, i) => (i % 3) - 1);
    const { drop } = effectOf(pairScores(drops, new Array(300).fill(0)), 1);
    const reach = (1.96 * Math.sqrt(2 / 3)) / Math.sqrt(299);
    expect(drop.value).toBeCloseTo(0, 12);
    expect(drop.high).toBeGreaterThan(0.85 * reach);
    expect(drop.high).toBeLessThan(1.15 * reach);
  });

  it('has the sample deviation as its unit, and that of the scores where all are equal', () => {
    expect(unitOf([1, 2, 3, 4])).toBeCloseTo(Math.sqrt(5 / 3), 12);
    expect(unitOf([2, 2, 2])).toBe(1);
    expect(unitOf([2])).toBe(1);
  });
});
