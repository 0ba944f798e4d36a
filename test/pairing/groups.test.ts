import { expect, it } from 'vitest';
import { Slots } from '../../src/pairing/groups.js';

it('numbers the slots of groups through, empty groups left out', () => {
  const slots = new Slots([0, 2, 0, 0, 3, 1, 0]);
  expect(slots.length).toBe(6);
  expect(Array.from({ length: 6 }, (_, i) => slots.at(i))).toEqual([
    { group: 1, index: 0 },
    { group: 1, index: 1 },
    { group: 4, index: 0 },
    { group: 4, index: 1 },
    { group: 4, index: 2 },
    { group: 5, index: 0 },
  ]);
  expect(slots.size(4)).toBe(3);
});
