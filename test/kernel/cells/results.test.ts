import { expect, it } from 'vitest';
import { keptResults, Results } from '../../../kernel/cells/results.js';

/** What cells see. */
const seen = (results: Results) => results.variables as { _: unknown; Out: Record<number, unknown> };

it('gives the latest value, and each by the number of its cell', () => {
  const results = new Results();
  results.keep(1, 'a');
  results.keep(4, undefined);
  results.keep(5, 'b');
  expect(seen(results)._).toBe('b');
  expect(seen(results).Out[1]).toBe('a');
  expect(Object.entries(seen(results).Out)).toEqual([
    ['1', 'a'],
    ['4', undefined],
    ['5', 'b'],
  ]);
});

it('tells why there is none', () => {
  const results = new Results();
  expect(seen(results)._).toBeUndefined();
  expect(() => seen(results).Out[7]).toThrow(
    'Out[7]: that cell has given no value, or it is no longer kept: the newest 50 are',
  );
});

it('lets the oldest go', () => {
  const results = new Results();
  for (let number = 1; number <= keptResults + 10; number++) results.keep(number, { number });
  expect(Object.keys(seen(results).Out)).toHaveLength(keptResults);
  expect(() => seen(results).Out[10]).toThrow('no longer kept');
  expect(seen(results).Out[11]).toEqual({ number: 11 });
});
