import { afterEach, expect, it, vi } from 'vitest';
import { stopwatch } from '../../src/notebook/stopwatch.js';

afterEach(() => vi.restoreAllMocks());

it('gives the seconds of each part, to tenths', () => {
  const times = [1000, 3340, 3340, 10_000];
  vi.spyOn(performance, 'now').mockImplementation(() => times.shift() as number);
  const seconds = stopwatch();
  expect([seconds(), seconds(), seconds()]).toEqual([2.3, 0, 6.7]);
});
