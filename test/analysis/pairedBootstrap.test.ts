import { describe, expect, it } from 'vitest';
import { allPairRatio } from '../../src/analysis/allPairRatio.js';
import { delong } from '../../src/analysis/delong.js';
import { pairedBootstrap } from '../../src/analysis/pairedBootstrap.js';
import { reference } from './reference/reference.js';

describe('pairedBootstrap', () => {
  it.each(reference.classifications)("is near DeLong's interval: $name", ({ scores, other, labels }) => {
    const [ofAuc, ofRatio] = pairedBootstrap(scores, other, labels, { samples: 2000 });
    const test = delong(scores, other, labels);
    for (const name of ['first', 'second', 'difference'] as const) {
      const width = test[name].high - test[name].low;
      expect(ofAuc[name].value).toBeAllclose(test[name].value, { rtol: 1e-12, atol: 1e-12 });
      expect(Math.abs(ofAuc[name].low - test[name].low)).toBeLessThan(0.2 * width);
      expect(Math.abs(ofAuc[name].high - test[name].high)).toBeLessThan(0.2 * width);
    }
    expect(ofRatio.first.value).toBe(allPairRatio(scores, labels));
    expect(ofRatio.difference.value).toBeAllclose(
      allPairRatio(scores, labels) - allPairRatio(other, labels),
      {
        rtol: 1e-12,
        atol: 1e-12,
      },
    );
  });

  it('has a difference of 0 between a score and itself, in every draw', () => {
    const { scores, labels } = reference.classifications[0];
    const [{ difference }] = pairedBootstrap(scores, scores, labels, { samples: 50 });
    expect(difference).toEqual({ value: 0, low: 0, high: 0 });
  });

  it('refuses one class only and other lengths', () => {
    expect(() => pairedBootstrap([1, 2], [1, 2], [false, false])).toThrow('received no Pass');
    expect(() => pairedBootstrap([1, 2], [1], [true, false])).toThrow(
      'expected 2 scores of the second model',
    );
  });
});
