import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** A seeded stream of random numbers whose state can be saved and restored. */
export class Random {
  private generator;

  /** @param seed any integer; further integers name an independent stream of the same seed. */
  constructor(seed: number, ...stream: number[]) {
    this.generator = xoroshiro128plus(stream.reduce(mix, mix(0x9e3779b9, seed)));
  }

  /** Uniform in [low, high). */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * uniformFloat64(this.generator);
  }

  /** Uniform integer in [0, n). */
  integer(n: number): number {
    return uniformInt(this.generator, 0, n - 1);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** Standard normal, by Box-Muller. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** One element, each as likely as the others. */
  choice<T>(values: readonly T[]): T {
    return values[this.integer(values.length)];
  }

  /** A shuffled copy (Fisher-Yates). */
  shuffle<T>(values: readonly T[]): T[] {
    const result = [...values];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [result[i], result[j]] = [result[j], result[i]];
    }
    return result;
  }

  /** The state, as plain numbers that `restore` takes. */
  state(): number[] {
    return [...this.generator.getState()];
  }

  /** Continues from a saved state. */
  restore(state: readonly number[]): void {
    this.generator = xoroshiro128plusFromState(state);
  }
}

/** Mixes an integer into a 32-bit hash (the finaliser of MurmurHash3). */
function mix(hash: number, value: number): number {
  let h = Math.imul(hash ^ (value | 0) ^ Math.floor(value / 4294967296), 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
