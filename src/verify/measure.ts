/** One thing that was compared with the fixtures. */
export interface Item {
  name: string;
  /** max |received - expected| / max |expected|; infinite where they cannot be compared. */
  error: number;
  /** The error may be so many times the tolerance. Default 1. */
  allowance?: number;
  /** Why there is no number. */
  reason?: string;
}

/**
 * max |a - b| / max(floor, max |b|) over two lists; NaN agrees with NaN alone. Infinite for lists of different lengths.
 * @param floor for values that may all be rounding noise around zero. Default 0.
 */
export function relativeError(received: ArrayLike<number>, expected: ArrayLike<number>, floor = 0): number {
  if (received.length !== expected.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  let scale = floor;
  for (let i = 0; i < expected.length; i++) {
    if (Number.isNaN(received[i]) && Number.isNaN(expected[i])) continue;
    const difference = received[i] === expected[i] ? 0 : Math.abs(received[i] - expected[i]);
    if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
    worst = Math.max(worst, difference);
    scale = Math.max(scale, Math.abs(expected[i]));
  }
  return worst === 0 ? 0 : worst / scale;
}

/** Collects the errors of the parts of an item. */
export class Worst {
  error = 0;

  add(received: ArrayLike<number>, expected: ArrayLike<number>, floor?: number): void {
    this.error = Math.max(this.error, relativeError(received, expected, floor));
  }
}

/** Some items; where they fail with an error, an item that says so. */
export async function* guarded(name: string, items: () => AsyncIterable<Item>): AsyncGenerator<Item> {
  try {
    yield* items();
  } catch (error) {
    yield { name, error: Number.POSITIVE_INFINITY, reason: (error as Error).message };
  }
}
