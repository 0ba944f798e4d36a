import { expect, it } from 'vitest';
import { roundHalfToEven } from '../../src/base/roundHalfToEven.js';

it('rounds to the nearest integer, and halves to the even one', () => {
  const found = [0, 0.4, 0.5, 0.6, 1.5, 2.5, 3.5, 7.49, 1e15 + 0.5].map(roundHalfToEven);
  expect(found).toEqual([0, 0, 0, 1, 2, 2, 4, 7, 1e15]);
});
