import { expect, it } from 'vitest';
import { normal975, twoSidedP } from '../../src/base/normal.js';

// 2 * scipy.stats.norm.sf(z), scipy 1.17.
it.each([
  [0, 1],
  [0.5, 0.6170750774519738],
  [1, 0.31731050786291415],
  [2.7, 0.006933947606081329],
  [2.9, 0.003731626600768075],
  [5, 5.733031437583866e-7],
  [12, 3.552964224155306e-33],
])('two-sided p of %f', (z, p) => {
  expect(twoSidedP(z)).toBeAllclose(p, { rtol: 1e-12 });
  expect(twoSidedP(-z)).toBe(twoSidedP(z));
});

it('takes 1.96 standard errors for 95%', () => {
  expect(twoSidedP(normal975)).toBeAllclose(0.05, { rtol: 1e-12 });
  expect(twoSidedP(Number.NaN)).toBeNaN();
});
