import type { Random } from './random.js';

/** Draws that are made one by one. */
const few = 32;

/**
 * How many of n independent draws hit, each with probability p: exactly binomial, in about log₂ n steps. The median of n uniform
 * numbers is a beta variate; with it half of them are known to hit or to miss. Source: Ahrens and Dieter 1974, section 5.
 */
export function binomial(random: Random, n: number, p: number): number {
  let hits = 0;
  let [left, share] = [n, p];
  while (left > few) {
    const rank = Math.floor(left / 2) + 1;
    const [a, b] = [gamma(random, rank), gamma(random, left + 1 - rank)];
    const median = a / (a + b);
    if (median <= share) {
      hits += rank;
      left -= rank;
      share = median < 1 ? Math.min(1, (share - median) / (1 - median)) : 1;
    } else {
      left = rank - 1;
      share /= median;
    }
  }
  for (let i = 0; i < left; i++) if (random.chance(share)) hits++;
  return hits;
}

/** A gamma variate of a shape from 1 on. Source: Marsaglia and Tsang 2000. */
function gamma(random: Random, shape: number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < 0.5 * x ** 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}
