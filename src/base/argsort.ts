/** Bits that one pass of the radix sort looks at, and how many values they have. */
const digitBits = 16;
const digits = 1 << digitBits;
/** Up to here sorting by comparison is faster than counting digits. */
const small = 4096;
/** So many moves for each value, and values that differ in their last bits alone are sorted by these, too. */
const mostMoves = 4;

/** Values in ascending order; both lists are for reading only. */
export interface Ordered {
  /** The index of each; of equal values the lower first. */
  order: Uint32Array;
  /** The values themselves, 0 for -0. */
  sorted: Float64Array;
}

/** The last order of each long list, and the values that it is of. */
const known = new WeakMap<ArrayLike<number>, { values: Float64Array; ordered: Ordered }>();

/**
 * Indices of values in ascending order of value; equal values (0 and -0 too) stay in the order of their indices.
 * See `ordered`.
 * @param values finite numbers
 */
export const argsort = (values: ArrayLike<number>): Uint32Array => ordered(values).order;

/**
 * Values in ascending order, and their indices. Long lists are sorted digit by digit of the numbers' bits, in O(n).
 * Of a long list that was sorted before the same is returned, unless a value has changed.
 * @param values finite numbers
 */
export function ordered(values: ArrayLike<number>): Ordered {
  if (values.length <= small) {
    const order = indices(values.length).sort((a, b) => values[a] - values[b] || a - b);
    return { order, sorted: Float64Array.from(order, (index) => values[index] + 0) };
  }
  const before = known.get(values);
  if (before && areEqual(before.values, values)) return before.ordered;
  const copy = new Float64Array(values.length);
  for (let i = 0; i < copy.length; i++) copy[i] = values[i];
  const found = radixSorted(copy);
  known.set(values, { values: copy, ordered: found });
  return found;
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

const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
/** Which of the two 32-bit words of a number has its sign, exponent and first digits, and which the last ones. */
const [lowWord, highWord] = littleEndian ? [0, 1] : [1, 0];

/** By the first half of the bits: few numbers are equal in it, and these are put right one by one. */
function radixSorted(values: Float64Array): Ordered {
  const sorted = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) sorted[i] = values[i] + 0;
  const found = byDigits({ order: indices(values.length), sorted }, [
    [highWord, 0],
    [highWord, digitBits],
  ]);
  if (putRight(found)) return found;
  const all = [lowWord, highWord].flatMap(
    (word) =>
      [
        [word, 0],
        [word, digitBits],
      ] as [number, number][],
  );
  return byDigits(found, all);
}

/** Sorts by digits, the least significant first; what is equal in them stays as it stands. */
function byDigits(given: Ordered, passes: readonly [word: number, shift: number][]): Ordered {
  let from = given;
  let to: Ordered = {
    order: new Uint32Array(given.order.length),
    sorted: new Float64Array(given.order.length),
  };
  for (const [word, shift] of passes) {
    pass(from, to, word, shift);
    [from, to] = [to, from];
  }
  return from;
}

/** Sorts by one digit. */
function pass(from: Ordered, to: Ordered, word: number, shift: number): void {
  const words = new Uint32Array(from.sorted.buffer);
  const places = placesOf(words, word, shift);
  const { order, sorted } = from;
  const { order: newOrder, sorted: newSorted } = to;
  for (let i = 0; i < order.length; i++) {
    const place = places[digitOf(words, i, word, shift)]++;
    newSorted[place] = sorted[i];
    newOrder[place] = order[i];
  }
}

/** Where the first number of each digit is to stand. */
function placesOf(words: Uint32Array, word: number, shift: number): Uint32Array {
  const places = new Uint32Array(digits);
  for (let i = 0; 2 * i < words.length; i++) places[digitOf(words, i, word, shift)]++;
  sumUp(places);
  return places;
}

/** Counts as the sums of those before. */
function sumUp(counts: Uint32Array): void {
  for (let i = 0, sum = 0; i < counts.length; i++) {
    const count = counts[i];
    counts[i] = sum;
    sum += count;
  }
}

/** A digit of a number, changed so that numbers sort as their digits do. */
function digitOf(words: Uint32Array, index: number, word: number, shift: number): number {
  // Negative numbers sort backwards by their bits: all bits are turned. Of the others only the sign is.
  const sign = words[2 * index + highWord] >> 31;
  const turned = word === highWord ? sign | 0x80000000 : sign;
  return ((words[2 * index + word] ^ turned) >>> shift) & (digits - 1);
}

/** Moves each value before those that are larger. @returns false where that would take too many moves */
function putRight({ order, sorted }: Ordered): boolean {
  let movesLeft = mostMoves * order.length;
  for (let i = 1; i < order.length; i++) {
    const value = sorted[i];
    if (value >= sorted[i - 1]) continue;
    const index = order[i];
    let place = i;
    for (; place > 0 && sorted[place - 1] > value; place--) {
      sorted[place] = sorted[place - 1];
      order[place] = order[place - 1];
    }
    sorted[place] = value;
    order[place] = index;
    movesLeft -= i - place;
    if (movesLeft < 0) return false;
  }
  return true;
}
