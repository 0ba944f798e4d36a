import { describe, expect, it } from 'vitest';
import { allPairRatio } from '../../src/analysis/allPairRatio.js';
import { auc } from '../../src/analysis/auc.js';
import { bestF1 } from '../../src/analysis/bestF1.js';
import { meanMargin, pairAccuracy } from '../../src/analysis/pairs.js';
import { rocCurve } from '../../src/analysis/rocCurve.js';
import { Random } from '../../src/base/random.js';

// The worked example of the official evaluation.
const chosen = [2, 0.5, 1.5, 3, 0.2];
const rejected = [1, 0.7, 1.5, -1, 0.1];
const scores = [...chosen, ...rejected];
const labels = scores.map((_, i) => i < chosen.length);

describe('the worked example', () => {
  it('has its published values', () => {
    expect(pairAccuracy(chosen, rejected)).toBe(0.6);
    expect(allPairRatio(scores, labels)).toBe(0.72);
    expect(bestF1(scores, labels).f1).toBeCloseTo(23 / 33, 12); // 0.696969...
    expect(meanMargin(chosen, rejected)).toBeCloseTo(4.9 / 5, 12);
  });
});

describe('auc and allPairRatio', () => {
  it('count every pair, ties half and not at all', () => {
    const random = new Random(3);
    const many = Array.from({ length: 120 }, () => random.integer(15));
    const passes = many.map(() => random.chance(0.4));
    let wins = 0;
    let ties = 0;
    let pairs = 0;
    many.forEach((a, i) => {
      many.forEach((b, j) => {
        if (!passes[i] || passes[j]) return;
        pairs++;
        if (a > b) wins++;
        if (a === b) ties++;
      });
    });
    expect(ties).toBeGreaterThan(0);
    expect(auc(many, passes)).toBe((wins + ties / 2) / pairs);
    expect(allPairRatio(many, passes)).toBe(wins / pairs);
  });
});

describe('bestF1', () => {
  it('gives a threshold that reaches it, the lowest of equally good ones', () => {
    expect(bestF1([0, 1, 2, 3], [false, false, true, true])).toEqual({ f1: 1, threshold: 34 * (3 / 99) });
  });
  it('predicts Pass for all where all scores are equal', () => {
    expect(bestF1([5, 5, 5], [true, true, false])).toEqual({ f1: (2 * 0.8) / 3, threshold: 5 });
  });
});

describe('rocCurve', () => {
  it('has one point a distinct score and the area of auc', () => {
    const { falsePositiveRate: x, truePositiveRate: y, thresholds } = rocCurve(scores, labels);
    expect(thresholds).toEqual([Number.POSITIVE_INFINITY, 3, 2, 1.5, 1, 0.7, 0.5, 0.2, 0.1, -1]);
    expect([x.at(0), y.at(0), x.at(-1), y.at(-1)]).toEqual([0, 0, 1, 1]);
    let area = 0;
    for (let i = 1; i < x.length; i++) area += ((x[i] - x[i - 1]) * (y[i] + y[i - 1])) / 2;
    expect(area).toBeCloseTo(auc(scores, labels), 12);
  });
});
