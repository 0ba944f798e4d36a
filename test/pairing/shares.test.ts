import { describe, expect, it } from 'vitest';
import { checkShares, turnAt } from '../../src/pairing/shares.js';

describe('turnAt', () => {
  it.each([
    [0, 0],
    [0.25, 0],
    [0.1, 0.05],
    [0.5, 0.5],
    [1, 0],
    [0, 0.3333],
  ])(
    'gives win-tie %d and lose-tie %d in any beginning of the stream, and counts each kind through',
    (winTie, loseTie) => {
      const counts = { 'win-lose': 0, 'win-tie': 0, 'lose-tie': 0 };
      for (let place = 0; place < 1000; place++) {
        const { kind, rank } = turnAt(place, { winTie, loseTie });
        expect(rank).toBe(counts[kind]);
        counts[kind]++;
        expect(Math.abs(counts['win-tie'] - winTie * (place + 1))).toBeLessThan(2);
        expect(Math.abs(counts['lose-tie'] - loseTie * (place + 1))).toBeLessThan(2);
      }
    },
  );

  it('has the same shares far out', () => {
    const kinds = Array.from({ length: 8 }, (_, i) => turnAt(4e9 + i, { winTie: 0.25, loseTie: 0 }).kind);
    expect(kinds.filter((kind) => kind === 'win-tie')).toHaveLength(2);
  });
});

describe('checkShares', () => {
  it.each([
    [-0.1, 0],
    [0.6, 0.5],
    [Number.NaN, 0],
  ])('refuses winTie %d, loseTie %d', (winTie, loseTie) => {
    expect(() => checkShares('crossPrompt', { winTie, loseTie })).toThrow(
      `received winTie ${winTie} and loseTie ${loseTie}`,
    );
  });
});
