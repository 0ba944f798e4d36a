import type { Pair, PairStream } from './pair.js';
import { Permutation } from './permutation.js';

/**
 * A stream of given pairs, such as `readOfficial` reads: each once an epoch, in an order shuffled anew.
 * @throws RangeError when there is no pair.
 */
export function listed(pairs: readonly Pair[], { seed }: { seed: number }): PairStream {
  const { length } = pairs;
  if (length === 0) throw new RangeError('listed: expected at least one pair, received none');
  let epoch = -1;
  let order: Permutation;
  return {
    length,
    cursor: 0,
    next(count) {
      return Array.from({ length: count }, () => {
        const place = this.cursor++;
        if (epoch !== Math.floor(place / length)) {
          epoch = Math.floor(place / length);
          order = new Permutation(length, [seed, epoch]);
        }
        return pairs[order.at(place % length)];
      });
    },
  };
}
