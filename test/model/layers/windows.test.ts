import { expect, it } from 'vitest';
import { inverse, windowOrder } from '../../../src/model/layers/windows.js';

it('cuts a grid into windows, those of one size together', () => {
  // 3 rows of 5 cells in windows of 2 x 2: two whole ones, one narrow, two flat, one cell.
  const { cells, runs } = windowOrder(3, 5, 2);
  expect(runs).toEqual([
    { count: 2, length: 4 },
    { count: 3, length: 2 },
    { count: 1, length: 1 },
  ]);
  expect([...cells]).toEqual([0, 1, 5, 6, 2, 3, 7, 8, 4, 9, 10, 11, 12, 13, 14]);
});

it('takes a grid that is smaller than a window whole', () => {
  expect(windowOrder(2, 3, 4)).toEqual({
    cells: Int32Array.of(0, 1, 2, 3, 4, 5),
    runs: [{ count: 1, length: 6 }],
  });
});

it('undoes a permutation', () => {
  expect([...inverse(Int32Array.of(2, 0, 3, 1))]).toEqual([1, 3, 0, 2]);
});
