/** Bits that one pass of the radix sort looks at, and how many values they have. */
const digitBits = 16;
const digits = 1 << digitBits;
/** Up to here sorting by comparison is faster than counting digits. */
const small = 4096;

/** The last order of each long list, and the values that it is of. */
const known = new WeakMap<ArrayLike<number>, { values: Float64Array; order: Uint32Array }>();

/**
 * Indices of values in ascending order of value; equal values (0 and -0 too) stay in the order of their indices.
 * Long lists are sorted digit by digit of the numbers' bits, in O(n). Of a long list that was sorted before the same
 * order is returned, unless a value has changed: it is for reading only.
 * @param values finite numbers
 */
export function argsort(values: ArrayLike<number>): Uint32Array {
  if (values.length <= small) return indices(values.length).sort((a, b) => values[a] - values[b] || a - b);
  const before = known.get(values);
  if (before && areEqual(before.values, values)) return before.order;
  const order = radixSorted(sortableWords(values), indices(values.length));
  known.set(values, { values: Float64Array.from(values), order });
  return order;
}

function indices(count: number): Uint32Array {
  const all = new Uint32Array(count);
  for (let i = 0; i < count; i++) all[i] = i;
  return all;
}

function areEqual(a: Float64Array, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The two 32-bit halves of each number, changed so that as unsigned integers they sort as the numbers do. */
function sortableWords(values: ArrayLike<number>): { low: Uint32Array; high: Uint32Array } {
  const number = new Float64Array(1);
  const words = new Uint32Array(number.buffer);
  const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
  const [lowWord, highWord] = littleEndian ? [0, 1] : [1, 0];
  const low = new Uint32Array(values.length);
  const high = new Uint32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    number[0] = values[i] + 0; // -0 becomes 0
    // Negative numbers sort backwards by their bits: all bits are turned. Of the others only the sign is.
    const negative = words[highWord] >>> 31 === 1;
    low[i] = negative ? ~words[lowWord] : words[lowWord];
    high[i] = negative ? ~words[highWord] : words[highWord] ^ 0x80000000;
  }
  return { low, high };
}

function radixSorted({ low, high }: { low: Uint32Array; high: Uint32Array }, order: Uint32Array) {
  let from: Uint32Array = order;
  let to: Uint32Array = new Uint32Array(order.length);
  for (const [words, shift] of [
    [low, 0],
    [low, digitBits],
    [high, 0],
    [high, digitBits],
  ] as const) {
    const starts = new Uint32Array(digits + 1);
    for (let i = 0; i < words.length; i++) starts[((words[i] >>> shift) & (digits - 1)) + 1]++;
    for (let digit = 0; digit < digits; digit++) starts[digit + 1] += starts[digit];
    for (let i = 0; i < from.length; i++) {
      const index = from[i];
      to[starts[(words[index] >>> shift) & (digits - 1)]++] = index;
    }
    [from, to] = [to, from];
  }
  return from;
}
