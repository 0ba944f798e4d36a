import { compiler } from '../../engine/compile.js';

/**
 * Fills batches up to the largest one so far under XLA, which takes up to a minute to compile a function for each number of clips:
 * the last batch of a list is smaller.
 */
export class Fill {
  private largest = 0;

  /** The items of a batch, the last one repeated; who computes with them drops what is beyond the batch. */
  up<T>(items: readonly T[]): readonly T[] {
    if (compiler() !== 'xla') return items;
    this.largest = Math.max(this.largest, items.length);
    return Array.from({ length: this.largest }, (_, i) => items[Math.min(i, items.length - 1)]);
  }
}
