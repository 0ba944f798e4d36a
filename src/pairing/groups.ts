import type { Clip } from '../data/clip.js';

/** Clips that may be paired with each other, by their label. */
export interface Group {
  pass: Clip[];
  fail: Clip[];
}

/** A place within the groups: one of them, and a number below its size. */
export interface Slot {
  group: number;
  index: number;
}

/** Numbers the slots of all groups through, group by group. */
export class Slots {
  readonly length: number;
  /** Number of the first slot of each group. */
  private readonly starts: number[] = [];

  /** @param sizes slots of each group. */
  constructor(private readonly sizes: readonly number[]) {
    let total = 0;
    for (const size of sizes) {
      this.starts.push(total);
      total += size;
    }
    this.length = total;
  }

  /** The slot with that number, in [0, length). */
  at(number: number): Slot {
    let low = 0;
    let high = this.sizes.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.starts[middle] <= number) low = middle;
      else high = middle - 1;
    }
    return { group: low, index: number - this.starts[low] };
  }

  /** Slots of a group. */
  size(group: number): number {
    return this.sizes[group];
  }
}
