import { expect, it } from 'vitest';
import { inRanges } from '../../src/cluster/ranges.js';

it.each([
  [[], ''],
  [[4], '4'],
  [[0, 1, 2, 5, 7, 8], '0-2,5,7-8'],
])('writes %j as %j', (numbers, text) => {
  expect(inRanges(numbers)).toBe(text);
});
