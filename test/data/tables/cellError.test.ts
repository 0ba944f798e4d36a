import { expect, it } from 'vitest';
import { cellError } from '../../../src/data/tables/cellError.js';

it('names the place, what was expected and what is there, a text in quotes', () => {
  const cell = { where: 'readVotes: votes.csv', row: 2, column: 'pass' };
  expect(cellError(cell, 'Pass or Fail', 'psas').message).toBe(
    'readVotes: votes.csv row 3, column "pass": expected Pass or Fail, received "psas"',
  );
  expect(cellError(cell, 'Pass or Fail', 2).message).toContain('received 2');
  expect(cellError(cell, 'Pass or Fail', undefined).message).toContain('received nothing');
});
