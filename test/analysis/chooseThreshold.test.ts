import { describe, expect, it } from 'vitest';
import { chooseThreshold, thresholdMistakes } from '../../src/analysis/chooseThreshold.js';
import { reference } from './reference/reference.js';

const scores = [1, 2, 3, 4, 5, 6];
const labels = [false, false, true, false, true, true];

describe('chooseThreshold', () => {
  it('takes the highest of the cheapest thresholds', () => {
    expect(chooseThreshold(scores, labels)).toEqual({
      threshold: 5,
      cost: 1 / 6,
      falsePasses: 0,
      falseFails: 1,
    });
    expect(chooseThreshold(scores, labels, { falseFail: 3 })).toMatchObject({ threshold: 3, falsePasses: 1 });
  });

  it('lets nothing through where that is the cheapest', () => {
    const choice = chooseThreshold([1, 2], [true, false], { falsePass: 10 });
    expect(choice).toEqual({ threshold: Number.POSITIVE_INFINITY, cost: 0.5, falsePasses: 0, falseFails: 1 });
  });

  it.each(reference.classifications)('finds what trying every threshold finds: $name', (sample) => {
    const costs = { falsePass: 2, falseFail: 0.7 };
    const tried = [Number.POSITIVE_INFINITY, ...new Set(sample.scores)].map((threshold) =>
      sample.scores.reduce((sum, score, i) => {
        const passes = score >= threshold;
        if (passes === sample.labels[i]) return sum;
        return sum + (passes ? costs.falsePass : costs.falseFail);
      }, 0),
    );
    const { cost } = chooseThreshold(sample.scores, sample.labels, costs);
    expect(cost * sample.scores.length).toBeAllclose(Math.min(...tried), { rtol: 1e-12 });
  });

  it('walks every distinct score once', () => {
    expect(thresholdMistakes([1, 1, 2], [true, false, true])).toEqual({
      clips: 3,
      thresholds: Float64Array.of(Number.POSITIVE_INFINITY, 2, 1),
      falsePasses: Uint32Array.of(0, 0, 1),
      falseFails: Uint32Array.of(2, 1, 0),
    });
  });

  it('refuses a cost of 0 and one class only', () => {
    expect(() => chooseThreshold(scores, labels, { falsePass: 0 })).toThrow(
      'chooseThreshold: falsePass: expected a cost above 0, received 0',
    );
    expect(() => chooseThreshold([1], [true])).toThrow('received no Fail');
  });
});
