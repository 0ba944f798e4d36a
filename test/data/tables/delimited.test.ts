import { dsvFormat } from 'd3-dsv';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { DelimitedRows, separatorOf } from '../../../src/data/tables/delimited.js';

/** The rows of a text. */
function read(text: string, separator = ','): string[][] {
  const found: string[][] = [];
  const rows = new DelimitedRows(Buffer.from(text), separator, (row, what) => {
    throw new Error(`row ${row}: ${what}`);
  });
  while (rows.next()) found.push(Array.from({ length: rows.width }, (_, i) => rows.field(i)));
  expect(rows.count).toBe(found.length);
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
    '"x",',
    ',"a""b",c\n"",,""\n',
    '"a""b"\r"c"',
    'a"b,c""d\n',
  ])('reads %j as the library does', (text) => {
    const expected = dsvFormat(',')
      .parseRows(text)
      .filter((fields) => fields.length !== 1 || fields[0].trim() !== '');
    expect(read(text)).toEqual(expected);
  });

  it('reads a thousand texts that were made of hard characters as the library does', () => {
    const random = new Random(3);
    const parts = ['a', 'bc', ',', ',', '\n', '\r\n', '"x"', '"x""y"', '"\n,"', ' ', '雪'];
    let read_ = 0;
    for (let i = 0; i < 1000; i++) {
      const text = Array.from({ length: 1 + random.integer(12) }, () => random.choice(parts)).join('');
      let rows: string[][];
      try {
        rows = read(text);
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

  it('finds where a field ends at any place among four bytes, beside bytes that are nearly separators', () => {
    const texts = [
      '',
      'a',
      'ab',
      'abc',
      'abcd',
      'abcde',
      '-+.\u000b\u000c\u000e',
      'Ä\u00ac\u008d',
      '雪\u0001-',
    ];
    const rows = texts.flatMap((first) => texts.map((second) => [first, second, 'x']));
    for (const end of ['\n', '\r\n', '\r'])
      expect(read(rows.map((row) => row.join(',')).join(end))).toEqual(rows);
  });

  it('says whether a line end has followed the row', () => {
    const ended = (text: string) => {
      const rows = new DelimitedRows(Buffer.from(text), ',', () => {
        throw new Error('no quote here');
      });
      while (rows.next());
      return rows.hasEnded;
    };
    expect(['a\nb\n', 'a\nb\r', 'a\nb', ''].map(ended)).toEqual([true, true, false, false]);
  });

  it.each<[string, RegExp]>([
    ['a,b\n\n1,"2\n3,4\n', /^row 1: a double quote is opened and never closed/],
    ['"a', /^row 0: a double quote is opened/],
    ['a\n"b" c\n', /^row 1: text follows a closing double quote/],
  ])('names the row of the quote in %j', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

it('separatorOf takes the usual one, unless header and first row have more fields by another', () => {
  const of = (text: string, usual: string) => separatorOf(Buffer.from(text), usual);
  expect(of('a;b;c\n1;2;3\n', ',')).toBe(';');
  expect(of('a,b\n1;2;3,4\n', ',')).toBe(',');
  expect(of('"a;b";c\n1;2', ',')).toBe(';');
  expect(of('a|b', ',')).toBe('|');
  expect(of('', '\t')).toBe('\t');
  expect(of('"open;b;c', ',')).toBe(',');
});
