import { describe, expect, it } from 'vitest';
import { guarded, relativeError, Worst } from '../../src/verify/measure.js';

describe('relativeError', () => {
  it.each<[number[], number[], number | undefined, number]>([
    [[1, 2], [1, 2], undefined, 0],
    [[1, 2.5], [1, -2], undefined, 2.25],
    [[0, 0], [0, 0], undefined, 0],
    [[1e-9], [0], undefined, Number.POSITIVE_INFINITY],
    [[1e-9], [0], 1e-3, 1e-6],
    [[3, 1], [4, 1], 2, 0.25],
    [[1], [1, 2], undefined, Number.POSITIVE_INFINITY],
    [[Number.NaN, 1], [Number.NaN, 1], undefined, 0],
    [[Number.NaN], [1], undefined, Number.POSITIVE_INFINITY],
    [[1], [Number.NaN], undefined, Number.POSITIVE_INFINITY],
    [[Number.POSITIVE_INFINITY], [1], undefined, Number.POSITIVE_INFINITY],
    [[], [], undefined, 0],
  ])('of %j to %j, floor %s, is %s', (received, expected, floor, error) => {
    expect(relativeError(received, expected, floor)).toBeCloseTo(error, 12);
  });

  it('is kept at its worst', () => {
    const worst = new Worst();
    worst.add([1], [1.1]);
    worst.add([1], [2]);
    worst.add([1], [1]);
    expect(worst.error).toBe(0.5);
  });
});

it('an error becomes an item, after those before it', async () => {
  const items = guarded('all', async function* () {
    yield { name: 'first', error: 0 };
    throw new Error('no such file');
  });
  const found = [];
  for await (const item of items) found.push(item);
  expect(found).toEqual([
    { name: 'first', error: 0 },
    { name: 'all', error: Number.POSITIVE_INFINITY, reason: 'no such file' },
  ]);
});
