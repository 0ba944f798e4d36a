import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { accuracy, confusion, f1, fitCut } from '../../src/benchmark/cuts.js';

describe('a cut of scores', () => {
  it('has F1 and accuracy as by hand', () => {
    const clips = [
      { score: 3, high: true },
      { score: 2, high: false },
      { score: 1, high: true },
      { score: 0, high: false },
    ];
    const counts = confusion(clips, [1, 1, 1, 1], () => 1);
    expect(counts).toEqual({ rightHigh: 2, wrongHigh: 1, wrongLow: 0, rightLow: 1 });
    expect(f1(counts)).toBeCloseTo(4 / 5, 12);
    expect(accuracy(counts)).toBe(3 / 4);
    expect(f1(confusion(clips, [1, 1, 1, 1], () => 9))).toBe(0);
  });

  it('is the best of all, by trying each', () => {
    const random = new Random(8);
    for (let trial = 0; trial < 60; trial++) {
      const clips = Array.from({ length: 1 + random.integer(20) }, () => ({
        score: random.integer(8),
        high: random.chance(0.5),
      })).sort((a, b) => b.score - a.score);
      const weights = clips.map(() => 1 + random.integer(2));
      for (const measure of [f1, accuracy]) {
        const at = (cut: number) => measure(confusion(clips, weights, () => cut));
        const best = Math.max(...clips.map(({ score }) => at(score)));
        expect(at(fitCut(clips, weights, measure))).toBeCloseTo(best, 12);
      }
    }
  });
});
