import { describe, expect, it } from 'vitest';
import { CodedTexts, isTexts, Picked, Texts } from '../../../src/data/tables/texts.js';

const bytes = Buffer.from('ab1.5雪');
const texts = new Texts(bytes, Uint32Array.of(0, 1, 2, 5), Uint32Array.of(1, 2, 5, 8), false);

describe('Texts', () => {
  it('makes a text when it is asked for', () => {
    expect([texts.at(3), texts.at(0), texts.at(3), texts.length]).toEqual(['雪', 'a', '雪', 4]);
    expect([...texts]).toEqual(['a', 'b', '1.5', '雪']);
  });

  it('reads numbers from the bytes', () => {
    expect([...texts.decimals()]).toEqual([Number.NaN, Number.NaN, 1.5, Number.NaN]);
  });
});

it('CodedTexts are the texts of rows', () => {
  const column = new CodedTexts(Int32Array.of(1, 1, 0), texts);
  expect([...column]).toEqual(['b', 'b', 'a']);
  expect([column.at(2), column.length]).toEqual(['a', 3]);
});

it('Picked are the values at some places, with one for none', () => {
  expect([...new Picked(texts, Int32Array.of(3, -1))]).toEqual(['雪', undefined]);
  expect(new Picked([7, 8], Int32Array.of(-1, 1), 'none').at(0)).toBe('none');
});

it('isTexts tells them from lists', () => {
  expect([texts, new CodedTexts(Int32Array.of(0), texts), ['a']].map(isTexts)).toEqual([true, true, false]);
});
