import { hash, hashWord } from './hash.js';

/** With fewer, small permutations are not uniform. */
const ROUNDS = 12;

/**
 * A random permutation of 0..n-1 of which each place is computed by itself, so that a shuffle of any length takes no
 * memory and can be entered anywhere: a Feistel network on the next power of 4, walked along its cycle until it falls
 * below n. Source: Black & Rogaway, "Ciphers with Arbitrary Finite Domains", 2002.
 */
export class Permutation {
  private readonly half: number;
  private readonly keys: Int32Array;

  /** @param keys integers that name the permutation. */
  constructor(
    private readonly n: number,
    keys: readonly number[],
  ) {
    this.half = 2 ** Math.max(1, Math.ceil(Math.log2(n) / 2));
    const key = keys.reduce(hash, 0);
    this.keys = Int32Array.from({ length: ROUNDS }, (_, round) => hash(key, round));
  }

  /** Place of an element. @param index in [0, n). */
  at(index: number): number {
    const { n, half, keys } = this;
    const mask = half - 1;
    let at = index;
    do {
      let left = Math.floor(at / half);
      let right = at & mask;
      for (let round = 0; round < ROUNDS; round++) {
        const mixed = left ^ (hashWord(keys[round], right) & mask);
        left = right;
        right = mixed;
      }
      at = left * half + right;
    } while (at >= n);
    return at;
  }
}
