import { expect, it } from 'vitest';
import { withinTime } from '../../src/base/withinTime.js';

it('withinTime ends a loop that has no end, and gives what others give', () => {
  expect(() =>
    withinTime(50, () => {
      for (;;);
    }),
  ).toThrow('it takes more than 0 s to read, as only a damaged file does');
  const value = { a: 1 };
  expect(withinTime(10_000, () => value)).toBe(value);
  const error = new RangeError('mine');
  expect(() =>
    withinTime(10_000, () => {
      throw error;
    }),
  ).toThrow(error);
});
