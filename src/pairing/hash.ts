/** Mixes an integer into a 32-bit hash (the mixing steps of MurmurHash3, applied twice). */
export function hash(seed: number, value: number): number {
  return hashWord(seed ^ Math.imul(Math.floor(value / 4294967296), 0x1b873593), value);
}

/** `hash` of an integer of 32 bits. */
export function hashWord(seed: number, value: number): number {
  let h = seed ^ Math.imul(value | 0, 0xcc9e2d51);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) + 0x9e3779b9;
}
