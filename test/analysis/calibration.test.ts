import { describe, expect, it } from 'vitest';
import { brier, expectedCalibrationError, reliability } from '../../src/analysis/calibration.js';
import { logistic, plattScaling } from '../../src/analysis/plattScaling.js';
import { wilson } from '../../src/analysis/wilson.js';
import { reference } from './reference/reference.js';

describe('plattScaling', () => {
  it.each(reference.classifications)("equals statsmodels' fit: $name", (sample) => {
    const { slope, intercept } = plattScaling(sample.scores, sample.labels);
    expect([slope, intercept]).toBeAllclose([sample.slope, sample.intercept], { rtol: 1e-7 });
  });

  it('is finite where scores separate the labels, and flat where they are equal', () => {
    const { slope, intercept } = plattScaling([1, 2, 11, 12], [false, false, true, true]);
    expect(slope).toBeGreaterThan(0);
    expect(Number.isFinite(intercept)).toBe(true);
    const flat = plattScaling([3, 3, 3, 3], [true, true, true, false]);
    expect(flat.slope).toBe(0);
    // Platt's targets: (3 * 4/5 + 1/3) / 4.
    expect(logistic([3], flat)).toBeAllclose([(3 * 0.8 + 1 / 3) / 4], { rtol: 1e-12 });
  });

  it('does not mind the scale of the scores', () => {
    const { scores, labels } = reference.classifications[0];
    const small = plattScaling(scores, labels);
    const large = plattScaling(
      scores.map((score) => 1e6 * score + 5e6),
      labels,
    );
    expect(large.slope * 1e6).toBeAllclose(small.slope, { rtol: 1e-6 });
  });

  it('refuses one class only', () => {
    expect(() => plattScaling([1, 2], [true, true])).toThrow('plattScaling: expected Pass and Fail');
  });
});

describe('reliability, expected calibration error and Brier score', () => {
  it.each(reference.classifications)("equal scikit-learn's: $name", (sample) => {
    const p = logistic(sample.scores, sample);
    const bins = reliability(p, sample.labels);
    expect(bins.map(({ predicted }) => predicted)).toBeAllclose(sample.predicted, { rtol: 1e-9 });
    expect(bins.map(({ observed }) => observed.value)).toBeAllclose(sample.observed, { rtol: 1e-12 });
    const tenths = reliability(p, sample.labels, { equal: 'count' });
    expect(tenths.map(({ predicted }) => predicted)).toBeAllclose(sample.tenths.predicted, { rtol: 1e-9 });
    expect(tenths.map(({ observed }) => observed.value)).toBeAllclose(sample.tenths.observed, {
      rtol: 1e-12,
    });
    expect(expectedCalibrationError(p, sample.labels)).toBeAllclose(sample.ece, { rtol: 1e-9 });
    expect(brier(p, sample.labels)).toBeAllclose(sample.brier, { rtol: 1e-9 });
  });

  it('puts 0 into the first bin and 1 into the last', () => {
    const bins = reliability([0, 1, 1], [false, true, true], { bins: 4 });
    expect(bins.map(({ clips }) => clips)).toEqual([1, 2]);
  });

  it('refuse what is not a probability', () => {
    expect(() => brier([0.5, 1.5], [true, false])).toThrow(
      'brier: probabilities[1]: expected 0 to 1, received 1.5',
    );
    expect(() => reliability([0.5, Number.POSITIVE_INFINITY], [true, false])).toThrow('score 2: ');
  });
});

describe('wilson', () => {
  it.each(reference.wilson)("equals statsmodels': $hits of $total", ({ hits, total, interval }) => {
    const { low, high } = wilson(hits, total);
    expect([low, high]).toBeAllclose(interval, { rtol: 1e-12, atol: 1e-15 });
  });

  it('is NaN of nothing', () => {
    expect(wilson(0, 0).value).toBeNaN();
  });
});
