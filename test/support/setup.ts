import { expect } from 'vitest';

/** Flattens a nested number array or typed array. */
function flat(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>);
  if (Array.isArray(value)) return value.flatMap(flat);
  throw new TypeError(`toBeAllclose: expected numbers, received ${typeof value}`);
}

expect.extend({
  /** |received - expected| <= atol + rtol * max|expected|, NaN equal to NaN only. */
  toBeAllclose(received: unknown, expected: unknown, options: { rtol?: number; atol?: number } = {}) {
    const { rtol = 1e-6, atol = 0 } = options;
    const a = flat(received);
    const b = flat(expected);
    if (a.length !== b.length) {
      return { pass: false, message: () => `lengths differ: received ${a.length}, expected ${b.length}` };
    }
    const scale = b.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
    const limit = atol + rtol * scale;
    let worst = 0;
    let at = -1;
    for (let i = 0; i < a.length; i++) {
      const bothNaN = Number.isNaN(a[i]) && Number.isNaN(b[i]);
      const difference = bothNaN || a[i] === b[i] ? 0 : Math.abs(a[i] - b[i]);
      if (!(difference <= worst)) {
        worst = difference;
        at = i;
      }
    }
    return {
      pass: worst <= limit,
      message: () =>
        `largest difference ${worst} at [${at}] (received ${a[at]}, expected ${b[at]}), limit ${limit}`,
    };
  },
});

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: the signature that vitest declares
  interface Assertion<T = any> {
    toBeAllclose(expected: unknown, options?: { rtol?: number; atol?: number }): T;
  }
}
