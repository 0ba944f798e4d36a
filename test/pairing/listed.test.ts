import { expect, it } from 'vitest';
import { listed } from '../../src/pairing/listed.js';
import type { Pair } from '../../src/pairing/pair.js';

const pairs: Pair[] = Array.from({ length: 20 }, (_, i) => ({
  chosen: { id: `${i}`, path: `${i}.mp4` },
  rejected: { id: `-${i}`, path: `-${i}.mp4` },
  kind: 'win-lose',
  dimension: 'quality',
}));

it('gives each pair once an epoch, in another order each time', () => {
  const stream = listed(pairs, { seed: 1 });
  const [first, second] = [stream.next(20), stream.next(20)];
  expect(new Set(first)).toEqual(new Set(pairs));
  expect(new Set(second)).toEqual(new Set(pairs));
  expect(second).not.toEqual(first);
});

it('continues from its cursor', () => {
  const stream = listed(pairs, { seed: 1 });
  const whole = stream.next(50);
  stream.cursor = 13;
  expect(stream.next(30)).toEqual(whole.slice(13, 43));
  expect(listed(pairs, { seed: 2 }).next(50)).not.toEqual(whole);
});

it('refuses an empty list', () => {
  expect(() => listed([], { seed: 1 })).toThrow('expected at least one pair, received none');
});
