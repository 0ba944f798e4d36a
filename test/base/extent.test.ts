import { expect, it } from 'vitest';
import { extent } from '../../src/base/extent.js';

it('extent is of any number of values', () => {
  expect(extent(Array.from({ length: 1_000_000 }, (_, i) => i - 5))).toEqual({
    lowest: -5,
    highest: 999_994,
  });
  expect(extent([])).toEqual({ lowest: Number.POSITIVE_INFINITY, highest: Number.NEGATIVE_INFINITY });
  expect(extent([1, Number.NaN])).toEqual({ lowest: Number.NaN, highest: Number.NaN });
});
