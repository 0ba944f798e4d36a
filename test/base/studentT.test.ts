import { expect, it } from 'vitest';
import { student975, studentP } from '../../src/base/studentT.js';
import { comparisons } from '../analysis/reference/comparisons.js';
import { reference } from '../analysis/reference/reference.js';

it("equals scipy's quantiles of Student's t", () => {
  const quantiles = reference.seeds.student975.map((_, i) => student975(i + 1));
  expect(quantiles).toBeAllclose(reference.seeds.student975, { rtol: 1e-10 });
});

it("equals scipy's p and quantiles of any number of degrees", () => {
  for (const { t, degrees, p, quantile } of comparisons.student) {
    expect(studentP(t, degrees)).toBeAllclose(p, { rtol: 1e-8 });
    expect(studentP(-t, degrees)).toBe(studentP(t, degrees));
    expect(student975(degrees)).toBeAllclose(quantile, { rtol: 1e-8 });
  }
  expect(studentP(Number.POSITIVE_INFINITY, 3)).toBe(0);
  expect(studentP(Number.NaN, 3)).toBeNaN();
});
