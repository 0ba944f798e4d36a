import { describe, expect, it } from 'vitest';
import { averagePrecision, precisionRecall } from '../../src/analysis/precisionRecall.js';
import { reference } from './reference/reference.js';

describe('precisionRecall', () => {
  it.each(reference.classifications)("equals scikit-learn's: $name", (sample) => {
    const { precision, recall } = precisionRecall(sample.scores, sample.labels);
    expect(precision).toBeAllclose(sample.precision, { rtol: 1e-12 });
    expect(recall).toBeAllclose(sample.recall, { rtol: 1e-12 });
    expect(averagePrecision(sample.scores, sample.labels).value).toBeAllclose(sample.averagePrecision, {
      rtol: 1e-12,
    });
  });

  it('has the share of Pass as average precision where all scores are equal', () => {
    const { value, low, high } = averagePrecision([2, 2, 2, 2], [true, false, false, false]);
    expect(value).toBe(0.25);
    expect(low).toBeGreaterThan(0);
    expect(low).toBeLessThan(0.25);
    expect(high).toBeGreaterThan(0.25);
    expect(averagePrecision([2, 1], [true, false])).toEqual({ value: 1, low: 1, high: 1 });
  });

  it('refuses one class only and infinity', () => {
    expect(() => averagePrecision([1, 2], [true, true])).toThrow('received no Fail of 2');
    expect(() => precisionRecall([1, Number.POSITIVE_INFINITY], [true, false])).toThrow('score 2');
  });
});
