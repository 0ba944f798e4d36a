import type { Runs } from './frameAttention.js';

/** A picture's cells in the order of its windows. */
export interface WindowOrder {
  /** For each place in the order of the windows, the cell's index row by row. */
  cells: Int32Array;
  /** The windows as runs of cells; windows of one size follow each other. */
  runs: Runs[];
}

/**
 * Cuts a grid of cells into windows of `side` x `side` cells, from the top left; those at the right and the bottom edge
 * are what is left. The order among windows is free, since none sees another: they are sorted by size, so that
 * attention takes all of one size at once. Source: Qwen2.5-VL, window attention.
 */
export function windowOrder(rows: number, columns: number, side: number): WindowOrder {
  const windows: number[][] = [];
  for (let top = 0; top < rows; top += side) {
    for (let left = 0; left < columns; left += side) {
      const window: number[] = [];
      for (let y = top; y < Math.min(top + side, rows); y++) {
        for (let x = left; x < Math.min(left + side, columns); x++) window.push(y * columns + x);
      }
      windows.push(window);
    }
  }
  windows.sort((a, b) => b.length - a.length);
  const runs: Runs[] = [];
  for (const { length } of windows) {
    const last = runs.at(-1);
    if (last?.length === length) last.count++;
    else runs.push({ count: 1, length });
  }
  return { cells: Int32Array.from(windows.flat()), runs };
}

/** The permutation that undoes another. */
export function inverse(order: Int32Array): Int32Array {
  const result = new Int32Array(order.length);
  order.forEach((to, from) => {
    result[to] = from;
  });
  return result;
}
