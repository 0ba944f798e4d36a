import { describe, expect, it } from 'vitest';
import { bootstrap } from '../../src/base/bootstrap.js';
import { Random } from '../../src/base/random.js';

const random = new Random(5);
const values = Array.from({ length: 400 }, () => random.normal());
const mean = (drawn: Uint32Array) => ({
  mean: drawn.reduce((sum, item) => sum + values[item], 0) / drawn.length,
});

describe('bootstrap', () => {
  it('gives the interval of a mean that its standard error predicts', () => {
    const { value, low, high } = bootstrap(values.length, mean, { samples: 4000, seed: 1 }).mean;
    const variance = values.reduce((sum, x) => sum + (x - value) ** 2, 0) / values.length;
    const halfWidth = 1.96 * Math.sqrt(variance / values.length);
    expect(Math.abs(low - (value - halfWidth))).toBeLessThan(0.1 * halfWidth);
    expect(Math.abs(high - (value + halfWidth))).toBeLessThan(0.1 * halfWidth);
  });

  it('repeats itself for the same seed only', () => {
    const first = bootstrap(values.length, mean, { seed: 1 });
    expect(bootstrap(values.length, mean, { seed: 1 })).toEqual(first);
    expect(bootstrap(values.length, mean, { seed: 2 })).not.toEqual(first);
  });

  it('draws as many items as there are, in ascending order', () => {
    let repeats = 0;
    bootstrap(
      50,
      (drawn) => {
        expect(drawn).toHaveLength(50);
        for (let i = 1; i < drawn.length; i++) {
          expect(drawn[i]).toBeGreaterThanOrEqual(drawn[i - 1]);
          if (drawn[i] === drawn[i - 1]) repeats++;
        }
        return { nothing: 0 };
      },
      { samples: 20 },
    );
    expect(repeats).toBeGreaterThan(200);
  });

  it('leaves out the draws in which a statistic is undefined', () => {
    const withFirst = (drawn: Uint32Array) => ({
      share: drawn[0] === 0 ? drawn.length : Number.NaN,
      never: Number.NaN,
    });
    const { share, never } = bootstrap(3, withFirst);
    expect(share).toEqual({ value: 3, low: 3, high: 3 });
    expect(never).toEqual({ value: Number.NaN, low: Number.NaN, high: Number.NaN });
  });

  it('refuses no items and no samples', () => {
    expect(() => bootstrap(0, mean)).toThrow('bootstrap: expected at least one item, received 0');
    expect(() => bootstrap(3, mean, { samples: 0.5 })).toThrow('samples must be a whole number from 1 on');
  });
});
