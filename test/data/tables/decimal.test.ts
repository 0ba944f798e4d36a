import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { decimalsIn } from '../../../src/data/tables/decimal.js';

const read = (text: string) => {
  const bytes = Buffer.from(`7${text}7`);
  return decimalsIn(bytes, Uint32Array.of(1), Uint32Array.of(bytes.length - 1))[0];
};

/** Checks texts that are read, bit by bit, against JavaScript's own reader. @returns how many were read */
function countRead(count: number, make: () => string): number {
  let found = 0;
  for (let i = 0; i < count; i++) {
    const text = make();
    const number = read(text);
    if (Number.isNaN(number)) continue;
    found++;
    if (!Object.is(number, Number(text))) expect({ text, number }).toEqual({ text, number: Number(text) });
  }
  return found;
}

describe('decimalsIn', () => {
  it.each([
    '0',
    '-0',
    '+7',
    '1.',
    '.5',
    '-.25',
    '007.50',
    '0.1',
    '0.30000000000000004',
    '9007199254740992',
    '123456789.123456789',
    '0.0000000000000000000001',
    '999999999999999999',
  ])('reads %s', (text) => {
    expect(read(text)).toBe(Number(text));
  });

  it.each([
    '',
    '-',
    '.',
    '+.',
    '1.2.3',
    '1e5',
    '0x1F',
    ' 1',
    '1 ',
    '--1',
    'nan',
    '1,5',
    '9007199254740993',
    '٣',
    '1234567890123456789',
  ])('leaves "%s" to others', (text) => {
    expect(read(text)).toBeNaN();
  });

  it('reads nearly all numbers as JavaScript writes them', () => {
    const random = new Random(1);
    expect(countRead(100_000, () => String(random.normal()))).toBeGreaterThan(99_990);
    expect(countRead(100_000, () => String(random.uniform(0, 1e6)))).toBeGreaterThan(99_990);
    expect(countRead(10_000, () => (3 + random.normal()).toFixed(2))).toBe(10_000);
  });

  it('reads digits at random, and no number that its digits do not tell', () => {
    const random = new Random(2);
    const digits = (count: number) => Array.from({ length: count }, () => random.integer(10)).join('');
    const decimal = () =>
      `${random.integer(2) ? '-' : ''}${digits(random.integer(12))}.${digits(1 + random.integer(17))}`;
    expect(countRead(200_000, decimal)).toBeGreaterThan(100_000);
    // Halfway between two numbers, and beside it.
    const between = () => {
      const odd = 2 ** 53 + 2 * random.integer(2 ** 31) + 1;
      const text = String(BigInt(2 ** 53) + BigInt(odd - 2 ** 53) + BigInt(random.integer(3) - 1));
      const point = 1 + random.integer(text.length - 1);
      return random.integer(2) ? text : `${text.slice(0, point)}.${text.slice(point)}${random.integer(100)}`;
    };
    expect(countRead(200_000, between)).toBeGreaterThan(50_000);
  });
});
