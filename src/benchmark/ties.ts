/** What people and scores say of a pair. */
export interface JudgedPair {
  /** 1 where people prefer the first, -1 the second, 0 a tie. */
  preference: number;
  /** Score of the first minus score of the second. */
  difference: number;
}

/** Pairs from the smallest difference to the largest, whatever its sign; equal ones in their order. */
export interface SizedPairs<Pair extends JudgedPair = JudgedPair> {
  pairs: readonly Pair[];
  /** Size of each difference. */
  sizes: Float64Array;
  /** 1 where people call it a tie. */
  tied: Uint8Array;
  /** 1 where scores and people prefer the same. */
  ordered: Uint8Array;
}

/** A threshold up to which a difference is a tie, and the share of pairs that are right by it. */
export interface Fitted {
  threshold: number;
  accuracy: number;
}

export function bySize<Pair extends JudgedPair>(given: readonly Pair[]): SizedPairs<Pair> {
  const pairs = [...given].sort((a, b) => Math.abs(a.difference) - Math.abs(b.difference));
  return {
    pairs,
    sizes: Float64Array.from(pairs, ({ difference }) => Math.abs(difference)),
    tied: Uint8Array.from(pairs, ({ preference }) => Number(preference === 0)),
    ordered: Uint8Array.from(pairs, ({ preference, difference }) => Number(preference * difference > 0)),
  };
}

/**
 * The smallest threshold among 0 and the sizes of all differences by which the largest share of pairs is right, three answers
 * counted: first, second, tie. Source: Deutsch, Foster and Freitag 2023 (arXiv 2305.14324), tie calibration. O(n).
 * @param weights how often each counts
 */
export function fitThreshold(pairs: SizedPairs, weights: ArrayLike<number>): Fitted {
  const { sizes, tied, ordered } = pairs;
  const total = sum(weights);
  let right = weighted(ordered, weights);
  let best: Fitted = { threshold: Number.NaN, accuracy: Number.NaN };
  for (let row = 0, threshold = 0; ; threshold = sizes[row]) {
    for (; row < sizes.length && sizes[row] === threshold; row++)
      right += weights[row] * (tied[row] - ordered[row]);
    best = better(best, threshold, right / total);
    if (row === sizes.length) return best;
  }
}

/**
 * Accuracy with ties as VideoAlign's `calc_accuracy_with_ties` computes it: pairs become ties one by one, by size, and the best share
 * on the way counts. Of differences of one size a part may be ties and a part not, by the order of the rows, so that it can be more
 * than `fitThreshold` finds; no tie at all is not tried. Source: github.com/KwaiVGI/VideoAlign, `calc_accuracy.py`. O(n).
 */
export function publishedWithTies(pairs: SizedPairs, weights: ArrayLike<number>): Fitted {
  const { sizes, tied, ordered } = pairs;
  const total = sum(weights);
  let right = weighted(ordered, weights);
  let best: Fitted = { threshold: Number.NaN, accuracy: Number.NaN };
  for (let row = 0; row < sizes.length; row++) {
    if (weights[row] === 0) continue;
    right += weights[row] * (tied[row] - ordered[row]);
    best = better(best, sizes[row], right / total);
  }
  return best;
}

/** Where scores say the same as people, a difference up to the threshold being a tie. */
export function rightAt({ sizes, tied, ordered }: SizedPairs, threshold: number): Uint8Array {
  return ordered.map((right, row) => (sizes[row] <= threshold ? tied[row] : right));
}

const better = (best: Fitted, threshold: number, accuracy: number): Fitted =>
  accuracy <= best.accuracy ? best : { threshold, accuracy };

function sum(weights: ArrayLike<number>): number {
  let total = 0;
  for (let row = 0; row < weights.length; row++) total += weights[row];
  return total;
}

/** Sum of the weights where there is a 1. */
export function weighted(ones: Uint8Array, weights: ArrayLike<number>): number {
  let total = 0;
  for (let row = 0; row < ones.length; row++) total += ones[row] * weights[row];
  return total;
}
