import { expect, it } from 'vitest';
import { shardsOf } from '../../src/score/plan.js';

it.each([
  ['3/64', [3], 64],
  ['0-3/8', [0, 1, 2, 3], 8],
  ['0,4-5/8', [0, 4, 5], 8],
])('--shard %s', (text, shards, count) => {
  expect(shardsOf(text)).toEqual({ shards, count });
});

it.each(['8/8', '3', '1/0', '-1/4', '3-1/8', '1,/8', 'a/8', '1.5/8'])('--shard %s is refused', (text) => {
  expect(() => shardsOf(text)).toThrow(`received '${text}'`);
});
