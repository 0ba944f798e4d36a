import { expect, it } from 'vitest';
import { groupName } from '../../src/analysis/groupName.js';

it.each([
  [true, 'Pass'],
  [false, 'Fail'],
  [null, 'none'],
  [undefined, 'none'],
  [3, '3'],
  ['lavie', 'lavie'],
])('names the group of %j %s', (key, name) => {
  expect(groupName(key)).toBe(name);
});
