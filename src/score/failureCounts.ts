import type { Item } from './items.js';
import type { Failures } from './manifest.js';

/** Different reasons that are told apart; what comes after them is counted together. */
const most = 100;

/** What the rest of the reasons is called. */
const other = 'other reasons';

/** Counts failed items by their reasons, in which the item's own clip is written as `CLIP`. */
export class FailureCounts {
  private readonly counts = new Map<string, Failures>();
  total = 0;

  add({ index, path }: Pick<Item, 'index' | 'path'>, error: string): void {
    const reason = path ? error.replaceAll(path, 'CLIP') : error;
    this.count({ reason, items: 1, first: index });
  }

  /** Adds counts that were made elsewhere. */
  count({ reason, items, first }: Failures): void {
    this.total += items;
    const name = this.counts.has(reason) || this.counts.size < most ? reason : other;
    const known = this.counts.get(name) ?? { reason: name, items: 0, first };
    known.items += items;
    known.first = Math.min(known.first, first);
    this.counts.set(name, known);
  }

  /** The most frequent ones first. */
  list(): Failures[] {
    return [...this.counts.values()].sort((a, b) => b.items - a.items || a.first - b.first);
  }
}
