import { describe, expect, it } from 'vitest';
import { auc } from '../../src/analysis/auc.js';
import { aucInfluence, aucInterval, delong } from '../../src/analysis/delong.js';
import { influenceError } from '../../src/analysis/influence.js';
import { normal975 } from '../../src/base/normal.js';
import { reference } from './reference/reference.js';

describe('delong', () => {
  it.each(reference.classifications)('equals its definition over all pairs: $name', (sample) => {
    const { first, second, difference, z, p } = delong(sample.scores, sample.other, sample.labels);
    const expected = sample.delong;
    expect([first.value, second.value]).toBeAllclose(expected.aucs, { rtol: 1e-12 });
    expect((difference.value - difference.low) / normal975).toBeAllclose(expected.error, { rtol: 1e-10 });
    expect([z, p]).toBeAllclose([expected.z, expected.p], { rtol: 1e-9 });
    expect(aucInterval(sample.scores, sample.labels)).toEqual(first);
    expect((first.value - first.low) / normal975).toBeAllclose(expected.errors[0], { rtol: 1e-10 });
  });

  it('finds no difference between a score and its double', () => {
    const { scores, labels } = reference.classifications[0];
    const test = delong(
      scores,
      scores.map((score) => 2 * score),
      labels,
    );
    expect(test).toMatchObject({ z: 0, p: 1, difference: { value: 0, low: 0, high: 0 } });
  });

  it('refuses one class only, infinity and other lengths', () => {
    expect(() => delong([1, 2], [1, 2], [true, true])).toThrow('received no Fail');
    expect(() => delong([1, 2], [1, Number.POSITIVE_INFINITY], [true, false])).toThrow('score 2');
    expect(() => delong([1, 2], [1], [true, false])).toThrow(
      'delong: expected 2 scores of the second model, one for each score, received 1',
    );
  });
});

describe('aucInterval', () => {
  it('takes the clips of a cluster together: doubled clips say no more than single ones', () => {
    const { scores, labels } = reference.classifications[1];
    const single = aucInterval(scores, labels);
    const clusters = [...scores, ...scores].map((_, i) => `${i % scores.length}`);
    const doubled = aucInterval([...scores, ...scores], [...labels, ...labels], clusters);
    expect(doubled.value).toBeAllclose(single.value, { rtol: 1e-12 });
    expect(doubled.high - doubled.low).toBeAllclose(single.high - single.low, { rtol: 0.02 });
  });

  it('has influences that sum to 0 and give its standard error', () => {
    const { scores, labels } = reference.classifications[0];
    const { influences: influence } = aucInfluence(scores, labels);
    expect(influence.reduce((sum, value) => sum + value, 0)).toBeAllclose(0, { atol: 1e-9 });
    const { value, low } = aucInterval(scores, labels);
    expect(value).toBeAllclose(auc(scores, labels), { rtol: 1e-12 });
    expect(influenceError(influence)).toBeAllclose((value - low) / normal975, { rtol: 0.02 });
  });
});
