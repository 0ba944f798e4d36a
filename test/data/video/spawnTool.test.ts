import { expect, it } from 'vitest';
import { stdioOf } from '../../../src/data/video/spawnTool.js';

it('stdioOf makes pipes of what is wanted, and leaves a tool nothing else', () => {
  expect(stdioOf([2, 4], true)).toEqual(['pipe', 'ignore', 'pipe', 'ignore', 'pipe']);
  expect(stdioOf([1], false)).toEqual(['ignore', 'pipe', 'ignore']);
});
