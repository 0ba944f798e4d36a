import { table } from 'arquero';
import { expect, it } from 'vitest';
import { column } from '../../src/analysis/columns.js';

it('reads a column of an arquero table and of rows', () => {
  expect(column(table({ score: [1, 2] }), 'score', 'test')).toEqual([1, 2]);
  expect(column([{ score: 1 }, { score: 2 }], 'score', 'test')).toEqual([1, 2]);
});

it('reads an arquero table in its order and without what is filtered out', () => {
  const source = table({ score: [3, 1, 2] })
    .orderby('score')
    .filter((row: { score: number }) => row.score > 1);
  expect(column(source, 'score', 'test')).toEqual([2, 3]);
});

it('says which columns there are', () => {
  expect(() => column([{ clip: 'a' }], 'score', 'roc')).toThrow(
    'roc: the table has no column "score"; it has clip',
  );
});

it('finds a column that the first row lacks', () => {
  const rows = [{ clip: 'a' }, { clip: 'b', pass: true }];
  expect(column(rows, 'pass', 'roc')).toEqual([undefined, true]);
  expect(() => column(rows, 'score', 'roc')).toThrow('it has clip, pass');
});
