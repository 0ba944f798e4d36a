import { expect, it } from 'vitest';
import { student975 } from '../../src/base/studentT.js';
import { reference } from '../analysis/reference/reference.js';

it("equals scipy's quantiles of Student's t", () => {
  const quantiles = reference.seeds.student975.map((_, i) => student975(i + 1));
  expect(quantiles).toBeAllclose(reference.seeds.student975, { rtol: 1e-10 });
});
