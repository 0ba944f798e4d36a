import { expect, it } from 'vitest';
import { hash } from '../../src/pairing/hash.js';

it('flips half of the bits of a hash when one bit of the value or of the seed changes', () => {
  let flipped = 0;
  let trials = 0;
  for (let value = 0; value < 200; value++) {
    for (let bit = 0; bit < 32; bit++) {
      for (const other of [hash(1, value ^ (1 << bit)), hash(1 ^ (1 << bit), value)]) {
        flipped += bitCount(hash(1, value) ^ other);
        trials++;
      }
    }
  }
  expect(flipped / trials / 32).toBeCloseTo(0.5, 1);
});

it('uses the bits above 32 too', () => {
  expect(hash(0, 2 ** 33) | 0).not.toBe(hash(0, 0) | 0);
});

function bitCount(value: number): number {
  let count = 0;
  for (let rest = value >>> 0; rest; rest &= rest - 1) count++;
  return count;
}
