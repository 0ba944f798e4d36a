import { expect, it } from 'vitest';
import { relativeError } from '../../src/engine/relativeError.js';

it('is the largest difference by the largest exact value, and infinite for what is not finite', () => {
  expect(relativeError([1, 2.5, -4], [1, 2, -5])).toBe(0.2);
  expect(relativeError(new Float32Array([3]), [3])).toBe(0);
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(relativeError([1, value], [1, 2])).toBe(Number.POSITIVE_INFINITY);
  }
});
