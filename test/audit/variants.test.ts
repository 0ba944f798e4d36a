import { describe, expect, it } from 'vitest';
import { families, orderOf, type VideoFamily, videoVariants } from '../../src/audit/variants.js';

const variant = (family: VideoFamily, level = 1) =>
  videoVariants.find((one) => one.family === family && one.level === level)!;
const order = (family: VideoFamily, level: number, count: number, seed = 1) =>
  orderOf(variant(family, level), count, seed);
const sorted = (values: number[]) => [...values].sort((a, b) => a - b);
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('variants', () => {
  it('has every family once, its levels from the mildest on', () => {
    expect(new Set(families).size).toBe(families.length);
    for (const family of families) {
      const levels = videoVariants.filter((one) => one.family === family).map(({ level }) => level);
      expect(levels).toEqual(range(levels.length).map((i) => i + 1));
    }
  });

  it('changes the order of frames as it says', () => {
    expect(order('frozen', 1, 6)).toEqual([0, 1, 2, 3, 3, 3]);
    expect(order('frozen', 2, 4)).toEqual([0, 0, 0, 0]);
    expect(order('reversed', 1, 3)).toEqual([2, 1, 0]);
    expect(order('slower', 1, 3)).toEqual([0, 0, 1, 1, 2, 2]);
    expect(order('faster', 1, 5)).toEqual([0, 2, 4]);
    expect(order('trimmed', 1, 20)).toEqual(range(20).slice(2, 18));
    expect(order('blur', 1, 3)).toEqual([0, 1, 2]);
  });

  it('shuffles within windows, and never leaves a whole one as it was', () => {
    for (const seed of [1, 2, 3]) {
      for (const [level, window] of [
        [1, 4],
        [2, 8],
      ]) {
        const shuffled = order('shuffled', level, 18, seed);
        for (let start = 0; start < 18; start += window) {
          const frames = shuffled.slice(start, start + window);
          expect(sorted(frames)).toEqual(range(18).slice(start, start + window));
          expect(frames).not.toEqual(sorted(frames));
        }
      }
    }
  });

  it('drops a share of the frames, each replaced by the one before', () => {
    for (const [level, share] of [
      [1, 0.25],
      [2, 0.5],
    ]) {
      const shown = order('dropped frames', level, 16);
      expect(shown).toHaveLength(16);
      expect(new Set(shown).size).toBe(16 - 16 * share);
      expect(shown[0]).toBe(0);
      expect(sorted(shown)).toEqual(shown);
    }
  });

  it('draws the same from a seed, and something else from another', () => {
    expect(order('shuffled', 2, 32, 5)).toEqual(order('shuffled', 2, 32, 5));
    expect(order('shuffled', 2, 32, 5)).not.toEqual(order('shuffled', 2, 32, 6));
  });

  it.each([
    ['frozen', 1, 3],
    ['frozen', 2, 2],
    ['shuffled', 1, 4],
    ['shuffled', 2, 8],
    ['reversed', 1, 2],
    ['slower', 1, 2],
    ['faster', 1, 2],
    ['dropped frames', 1, 5],
    ['dropped frames', 2, 3],
    ['trimmed', 1, 5],
  ] as const)(
    '%s %i refuses a clip of fewer than %i frames, and changes one of as many',
    (family, level, frames) => {
      expect(() => order(family, level, frames - 1)).toThrow(`"${family}" needs ${frames} frames`);
      expect(order(family, level, frames)).not.toEqual(range(frames));
    },
  );
});
