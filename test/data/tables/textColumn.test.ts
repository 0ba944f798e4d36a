import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { codesOf } from '../../../src/data/tables/codes.js';
import { TextColumn } from '../../../src/data/tables/textColumn.js';

/** A column of texts, read from the bytes of all of them. @param hash of one, by its bytes */
function columnOf(
  texts: readonly string[],
  hash = (bytes: Buffer) => bytes.reduce((sum, byte) => (31 * sum + byte) | 0, 0),
) {
  const bytes = Buffer.from(texts.join(''));
  const column = new TextColumn(bytes);
  let start = 0;
  for (const text of texts) {
    const end = start + Buffer.byteLength(text);
    column.push(start, end, hash(bytes.subarray(start, end)));
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
    const column = columnOf(texts, (bytes) => bytes.length);
    expect([...column]).toEqual(texts);
    expect([...codesOf(column)!.values]).toEqual([...new Set(texts)]);
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
