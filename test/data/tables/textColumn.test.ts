import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { ByteWords } from '../../../src/data/tables/byteWords.js';
import { codesOf } from '../../../src/data/tables/codes.js';
import { TextColumn } from '../../../src/data/tables/textColumn.js';

/** A column of texts, read from the bytes of all of them. */
function columnOf(texts: readonly string[], Words = ByteWords) {
  const bytes = Buffer.from(texts.join(''));
  const column = new TextColumn(new Words(bytes));
  let start = 0;
  for (const text of texts) {
    const end = start + Buffer.byteLength(text);
    column.push(start, end);
    start = end;
  }
  return column.end(bytes.every((byte) => byte < 0x80));
}

describe('TextColumn', () => {
  it('gives the texts, and codes that count up in their order', () => {
    const column = columnOf(['b', '', 'ab', 'b', 'ba', '', '雪', 'é', '雪']);
    expect([...column]).toEqual(['b', '', 'ab', 'b', 'ba', '', '雪', 'é', '雪']);
    expect(column).toHaveLength(9);
    const { codes, values } = codesOf(column)!;
    expect([...codes]).toEqual([0, 1, 2, 0, 3, 1, 4, 5, 4]);
    expect([...values]).toEqual(['b', '', 'ab', 'ba', '雪', 'é']);
  });

  it.each([3, 1000, 100_000])('tells apart texts of which there are up to %i different ones', (different) => {
    const random = new Random(1);
    const texts = Array.from({ length: 200_000 }, () => `clip-${random.integer(different)}`);
    const column = columnOf(texts);
    expect([...column]).toEqual(texts);
    const { codes, values } = codesOf(column)!;
    expect([...values]).toEqual([...new Set(texts)]);
    expect(Array.from(codes, (code) => values.at(code))).toEqual(texts);
  });

  it('tells apart texts whose hashes are equal', () => {
    const texts = Array.from({ length: 3000 }, (_, i) => `clip-${(i * 7) % 500}`);
    class Lengths extends ByteWords {
      override hash(start: number, end: number): number {
        return end - start;
      }
    }
    const column = columnOf(texts, Lengths);
    expect([...column]).toEqual(texts);
    expect([...codesOf(column)!.values]).toEqual([...new Set(texts)]);
  });

  it.each([0, 5, 1023, 1024, 70_000, 99_999])('tells apart texts that rise, also after row %i', (odd) => {
    const texts = Array.from({ length: 100_000 }, (_, i) => (i === odd ? 'clip-7' : `clip-${i >> 1}`));
    const { codes, values } = codesOf(columnOf(texts))!;
    expect([...values]).toEqual([...new Set(texts)]);
    expect(Array.from(codes, (code) => values.at(code))).toEqual(texts);
  });

  it('knows the codes of many numbers that rise', () => {
    const texts = Array.from({ length: 100_000 }, (_, i) => String(3 * i));
    expect([...codesOf(columnOf(texts))!.codes]).toEqual(texts.map((_, i) => i));
  });

  it('knows no codes of many numbers that rise at first', () => {
    const texts = Array.from({ length: 100_000 }, (_, i) => String(i < 80_000 ? i : 100_000 - i));
    const column = columnOf(texts);
    expect(codesOf(column)).toBeUndefined();
    expect([...column]).toEqual(texts);
  });

  it('knows no codes of many numbers that differ', () => {
    const random = new Random(2);
    const texts = Array.from({ length: 100_000 }, (_, i) => (i === 90_000 ? '雪' : String(random.normal())));
    texts[1] = texts[0];
    const column = columnOf(texts);
    expect(codesOf(column)).toBeUndefined();
    expect([...column]).toEqual(texts);
  });
});
