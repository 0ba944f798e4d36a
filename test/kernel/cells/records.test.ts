import { describe, expect, it } from 'vitest';
import { recordsOf, tableTexts, writeCell } from '../../../kernel/cells/records.js';

const texts = (value: unknown) => {
  const head = recordsOf(value);
  return head && tableTexts(head);
};

it('makes a table of records, with the names of all of them in order', () => {
  expect(
    texts([
      { clip: 'a', score: 1.23456789 },
      { clip: 'b', score: -2, pass: true },
    ]),
  ).toEqual({
    columns: ['clip', 'score', 'pass'],
    cells: [
      ['a', '1.23457', ''],
      ['b', '-2', 'true'],
    ],
    numeric: [false, true, false],
    note: '2 rows, 3 columns',
  });
});

it.each([
  ['no array', { a: 1 }],
  ['an empty one', []],
  ['numbers', [1, 2]],
  ['an array with a hole', Object.assign([{ a: 1 }], { length: 2 })],
  ['records without names', [{}, {}]],
  [
    'instances of classes',
    [
      new (class A {
        a = 1;
      })(),
    ],
  ],
  ['maps', [new Map([[1, 2]])]],
  ['objects that have little in common', [{ a: 1 }, { b: 1 }, { c: 1 }]],
  ['a proxy', new Proxy([{ a: 1 }], {})],
  ['proxies', [new Proxy({ a: 1 }, {})]],
])('makes none of %s', (_, value) => {
  expect(recordsOf(value)).toBeUndefined();
});

it('runs no getter', () => {
  let asked = 0;
  const record = {
    get clip() {
      return ++asked;
    },
  };
  expect(texts([record])?.cells).toEqual([['[Getter]']]);
  expect(asked).toBe(0);
});

describe('a large array', () => {
  it('is shown in part, and its size is told', () => {
    const rows = Array.from({ length: 5000 }, (_, i) => ({ i, square: i * i }));
    const { cells, note } = texts(rows)!;
    expect(cells).toHaveLength(100);
    expect(note).toBe('5,000 rows, 2 columns; shown: the first 100 rows');
  });

  it('of many columns has fewer rows', () => {
    const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`c${i}`, i]));
    const { cells, note } = texts(Array(5000).fill(wide))!;
    expect([cells.length, cells[0].length]).toEqual([50, 40]);
    expect(note).toBe('5,000 rows, 1,000 columns; shown: the first 50 rows and the first 40 columns');
  });
});

it.each([
  ['x'.repeat(5000), `${'x'.repeat(99)}…`],
  [0.1 + 0.2, '0.3'],
  [Number.NaN, 'NaN'],
  [null, ''],
  [5n, '5n'],
  [new Date(0), '1970-01-01T00:00:00.000Z'],
  [new Date(Number.NaN), 'Invalid Date'],
  [{ a: { b: { c: 1 } } }, '{ a: { b: [Object] } }'],
  [Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [i, i])), 'an object with 2,000 properties'],
  [
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('trap');
        },
      },
    ),
    '{}',
  ],
])('writes a value in a short line', (value, text) => {
  expect(writeCell(value)).toBe(text);
});
