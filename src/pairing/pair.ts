import type { Clip } from '../data/clip.js';

/** What is known of a pair: `win-lose` Pass before Fail, `win-tie` two Pass, `lose-tie` two Fail. */
export type PairKind = 'win-lose' | 'win-tie' | 'lose-tie';

/** Two clips to compare; in a tie neither is better, and `chosen` is just the first. */
export interface Pair {
  /** The better clip; in a tie the first. */
  chosen: Clip;
  /** The worse clip; in a tie the second. */
  rejected: Clip;
  /** What is known of the two. */
  kind: PairKind;
  /** What they are compared on, such as `physics`. */
  dimension: string;
}

/** An endless, lazy stream of pairs: the pair at a place depends on the seed and the place alone. */
export interface PairStream {
  /** Pairs of an epoch. */
  readonly length: number;
  /** Place of the next pair; set it to continue from anywhere. */
  cursor: number;
  /** The next pairs. */
  next(count: number): Pair[];
}
