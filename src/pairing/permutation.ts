import { hash } from './hash.js';

/** With fewer, small permutations are not uniform. */
const ROUNDS = 12;

/**
 * Place of an element in a random permutation of 0..n-1, computed without the permutation, so that a shuffle of any
 * length takes no memory and can be entered anywhere: a Feistel network on the next power of 4, walked along its cycle
 * until it falls below n. Source: Black & Rogaway, "Ciphers with Arbitrary Finite Domains", 2002.
 * @param index in [0, n). @param keys integers that name the permutation.
 */
export function permute(index: number, n: number, keys: readonly number[]): number {
  const bits = Math.max(1, Math.ceil(Math.log2(n) / 2));
  const mask = 2 ** bits - 1;
  const key = keys.reduce(hash, 0);
  let at = index;
  do {
    let left = Math.floor(at / (mask + 1));
    let right = at & mask;
    for (let round = 0; round < ROUNDS; round++) {
      [left, right] = [right, left ^ (hash(hash(key, round), right) & mask)];
    }
    at = left * (mask + 1) + right;
  } while (at >= n);
  return at;
}
