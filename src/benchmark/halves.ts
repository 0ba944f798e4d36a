import { Random } from '../base/random.js';

/** The random stream of halves. */
const stream = 171;

/** Clusters in two halves, 0 and 1, by a seed and whatever their order; of an odd number the first half has one more. */
export function halvesOf(clusters: Iterable<string>, seed: number): Map<string, 0 | 1> {
  const shuffled = new Random(seed, stream).shuffle([...new Set(clusters)].sort());
  return new Map(shuffled.map((cluster, i) => [cluster, i < shuffled.length / 2 ? 0 : 1]));
}
