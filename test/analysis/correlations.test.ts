import { describe, expect, it } from 'vitest';
import { correlationInterval, influenceError } from '../../src/analysis/influence.js';
import { kendall, kendallInfluence } from '../../src/analysis/kendall.js';
import { pearson, pearsonInfluence } from '../../src/analysis/pearson.js';
import { spearman, spearmanInfluence } from '../../src/analysis/spearman.js';
import { Random } from '../../src/base/random.js';
import { reference } from './reference/reference.js';

const coefficients = { pearson, spearman, kendall };
const influences = { pearson: pearsonInfluence, spearman: spearmanInfluence, kendall: kendallInfluence };
const names = ['pearson', 'spearman', 'kendall'] as const;

describe.each(names)('%s', (name) => {
  const coefficient = coefficients[name];

  it.each(reference.correlations)(`equals scipy's: $name`, (sample) => {
    const received = coefficient(sample.x, sample.y);
    // At 1e9 the last bits of the values are all that Pearson's has to go by.
    const atol = name === 'pearson' ? 1e-8 : 1e-12;
    if (sample[name] === null) expect(received).toBeNaN();
    else expect(received).toBeAllclose(sample[name], { rtol: 0, atol });
  });

  it('refuses infinity with its place, another length, and a single value', () => {
    expect(() => coefficient([1, Number.NEGATIVE_INFINITY], [1, 2])).toThrow(
      `${name}: x 2: expected a finite number, received -Infinity`,
    );
    expect(() => coefficient([1, 2], [1, Number.POSITIVE_INFINITY])).toThrow(`${name}: y 2`);
    expect(() => coefficient([1, 2, 3], [1, 2])).toThrow('expected 3 values of y');
    expect(() => coefficient([1], [1])).toThrow('at least two');
    expect(() => coefficient([], [])).toThrow('received none');
  });

  it('has influences that sum to 0 and are what the jackknife finds', () => {
    const { x, y } = reference.correlations[2];
    const { value, influences: influence } = influences[name](x, y);
    expect(value).toBeAllclose(coefficient(x, y), { rtol: 1e-12 });
    expect(influence.reduce((sum, value) => sum + value, 0)).toBeAllclose(0, { atol: 1e-9 });
    const all = coefficient(x, y);
    const without = <T>(values: T[], i: number) => values.filter((_, j) => j !== i);
    const jackknife = x.map((_, i) => (x.length - 1) * (all - coefficient(without(x, i), without(y, i))));
    expect(influence).toBeAllclose(jackknife, { rtol: 0.02 });
  });

  it('has the standard error that repeated samples have', () => {
    const random = new Random(3);
    const values: number[] = [];
    const errors: number[] = [];
    for (let sample = 0; sample < 400; sample++) {
      const x = Array.from({ length: 150 }, () => random.normal());
      const y = x.map((value) => Math.round(2 * (0.5 * value + random.normal())));
      values.push(coefficient(x, y));
      errors.push(influenceError(influences[name](x, y).influences));
    }
    const mean = values.reduce((sum, value) => sum + value) / values.length;
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    const error = errors.reduce((sum, value) => sum + value) / errors.length;
    expect(error / spread).toBeGreaterThan(0.88);
    expect(error / spread).toBeLessThan(1.12);
  });
});

describe('influenceError', () => {
  it('takes clusters as the items: doubling every item does not make the error smaller', () => {
    const { x, y } = reference.correlations[0];
    const single = influenceError(pearsonInfluence(x, y).influences);
    const clusters = [...x, ...x].map((_, i) => `${i % x.length}`);
    const doubled = pearsonInfluence([...x, ...x], [...y, ...y]).influences;
    expect(influenceError(doubled, clusters)).toBeAllclose(single, { rtol: 1e-12 });
    expect(influenceError(doubled)).toBeAllclose(single / Math.SQRT2, { rtol: 0.01 });
  });

  it('is NaN of one cluster', () => {
    expect(influenceError([1, -1], ['a', 'a'])).toBeNaN();
  });
});

describe('correlationInterval', () => {
  it('stays within -1 and 1, and is a point without error', () => {
    const { low, high } = correlationInterval(0.98, 0.05);
    expect(low).toBeLessThan(0.98);
    expect(high).toBeLessThan(1);
    expect(correlationInterval(1, 0)).toEqual({ value: 1, low: 1, high: 1 });
  });
});
