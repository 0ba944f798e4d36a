import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { ByteWords } from '../../../src/data/tables/byteWords.js';

const random = new Random(1);
const texts = [
  '',
  'a',
  'b',
  'ab',
  'b\0',
  '\xff\xff\xff\xff',
  '\x7f\xff\xff\xff',
  'clip-1',
  'clip-2',
  'clip-10',
];
for (let i = 0; i < 60; i++)
  texts.push(
    String.fromCharCode(...Array.from({ length: random.integer(11) }, () => 64 * random.integer(4))),
  );
// Each stands there twice, at other places; the last ones where fewer than four bytes are left.
const bytes = Buffer.from([...texts, ...texts].join('') + texts[3], 'latin1');
const places: [start: number, end: number, text: string][] = [];
let at = 0;
for (const text of [...texts, ...texts, texts[3]]) {
  places.push([at, at + text.length, text]);
  at += text.length;
}
// From the middle of a larger buffer, as small files are read.
const words = new ByteWords(Buffer.concat([Buffer.from('xyz'), bytes]).subarray(3));

describe('ByteWords', () => {
  it('compares by length, then byte by byte', () => {
    for (const [start, end, text] of places) {
      for (const [otherStart, otherEnd, other] of places) {
        const expected =
          text.length - other.length || Buffer.from(text, 'latin1').compare(Buffer.from(other, 'latin1'));
        const order = words.compare(start, end, otherStart, otherEnd);
        if (Math.sign(order) !== Math.sign(expected)) expect({ text, other, order }).toBe(expected);
      }
    }
  });

  it('gives equal stretches the same hash, and nearly all others another', () => {
    const hashOf = new Map<string, number>();
    for (const [start, end, text] of places) {
      const hash = words.hash(start, end);
      expect(hashOf.get(text) ?? hash).toBe(hash);
      hashOf.set(text, hash);
    }
    expect(new Set(hashOf.values()).size).toBe(hashOf.size);
  });

  it('spreads names that are counted up over the lowest bits', () => {
    const count = 2 ** 14;
    const names = Array.from({ length: count }, (_, i) => `clip-${100_000 + i}`);
    const counted = new ByteWords(Buffer.from(names.join('')));
    const taken = new Set(names.map((_, i) => counted.hash(11 * i, 11 * i + 11) & (count - 1)));
    // By chance 1 - 1/e of all places are taken.
    expect(taken.size / count).toBeGreaterThan(0.6);
  });
});
