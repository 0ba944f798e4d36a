/**
 * Seeded random numbers (mulberry32), which are the same wherever an input is made again.
 * @typedef {{ next: () => number, integer: (n: number) => number, choice: <T>(values: readonly T[]) => T }} Chance
 * @param {...number} seeds
 * @returns {Chance}
 */
export function random(...seeds) {
  let state = seeds.reduce((hash, seed) => Math.imul(hash ^ seed, 0x9e3779b1) ^ (hash >>> 15), 0x2545f491);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (/** @type {number} */ n) => Math.floor(next() * n);
  return { next, integer, choice: (values) => values[integer(values.length)] };
}
