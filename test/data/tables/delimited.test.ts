import { dsvFormat } from 'd3-dsv';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { DelimitedRows, separatorOf } from '../../../src/data/tables/delimited.js';

/** Rows of a text that comes in pieces of some length. */
function read(text: string, size = text.length, separator = ','): string[][] {
  const found: string[][] = [];
  const rows = new DelimitedRows(
    separator,
    (fields) => found.push(fields),
    (row, what) => {
      throw new Error(`row ${row}: ${what}`);
    },
  );
  for (let start = 0; start < text.length; start += size) rows.push(text.slice(start, start + size));
  rows.end();
  return found;
}

describe('DelimitedRows', () => {
  it.each([
    'a,b\n1,2\n',
    'a,b\r\n1,2\r\n',
    'a,b\r1,2',
    'a,"b ""x"", y"\n"1\n2",3\n\n \n,\n"",""\n',
    '雪,"\r\n"\r\n"a",\n',
    '',
    '\n',
    'x,',
    'a"b,c""d\n',
  ])('reads %j as the library does, in pieces of any length', (text) => {
    const expected = dsvFormat(',')
      .parseRows(text)
      .filter((fields) => fields.length !== 1 || fields[0].trim() !== '');
    for (let size = 1; size <= text.length + 1; size++) expect(read(text, size)).toEqual(expected);
  });

  it('reads a thousand texts that were made of hard characters as the library does', () => {
    const random = new Random(3);
    const parts = ['a', 'bc', ',', ',', '\n', '\r\n', '"x"', '"x""y"', '"\n,"', ' ', '雪'];
    let read_ = 0;
    for (let i = 0; i < 1000; i++) {
      const text = Array.from({ length: 1 + random.integer(12) }, () => random.choice(parts)).join('');
      let rows: string[][];
      try {
        rows = read(text, 1 + random.integer(5));
      } catch (error) {
        // The library leaves out text after a closing quote, and takes an open one to the end, without a word.
        expect((error as Error).message).toMatch(/^row \d+: (text follows a closing|a) double quote/);
        continue;
      }
      read_++;
      const expected = dsvFormat(',').parseRows(text);
      expect(rows).toEqual(expected.filter((fields) => fields.length !== 1 || fields[0].trim() !== ''));
    }
    expect(read_).toBeGreaterThan(300);
  });

  it('reads a quoted text of millions of quotes', () => {
    const text = '"'.repeat(4_000_000);
    const [[field]] = read(`${JSON.stringify('').slice(0, 1)}${text}"\n`);
    expect(field).toHaveLength(2_000_000);
  });

  it.each<[string, RegExp]>([
    ['a,b\n\n1,"2\n3,4\n', /^row 1: a double quote is opened and never closed/],
    ['"a', /^row 0: a double quote is opened/],
    ['a\n"b" c\n', /^row 1: text follows a closing double quote/],
  ])('names the row of the quote in %j', (text, message) => {
    for (let size = 1; size <= text.length; size++) expect(() => read(text, size)).toThrow(message);
  });
});

it('separatorOf takes the usual one, unless header and first row have more fields by another', () => {
  expect(separatorOf('a;b;c\n1;2;3\n', ',')).toBe(';');
  expect(separatorOf('a,b\n1;2;3,4\n', ',')).toBe(',');
  expect(separatorOf('"a;b";c\n1;2', ',')).toBe(';');
  expect(separatorOf('a|b', ',')).toBe('|');
  expect(separatorOf('', '\t')).toBe('\t');
  expect(separatorOf('"open;b;c', ',')).toBe(',');
});
