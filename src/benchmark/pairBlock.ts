import { halvesOf } from './halves.js';
import type { Block, Measure } from './measured.js';
import { bySize, fitThreshold, type JudgedPair, publishedWithTies, rightAt, weighted } from './ties.js';

/** A pair and the prompts of its clips. */
export interface ClusteredPair extends JudgedPair {
  clusters: readonly [string, string];
}

export interface PairBlockOptions {
  /** A threshold that is given, besides those that are fitted. */
  threshold?: number;
  seed: number;
}

/** Pair accuracies of a dimension: without ties, and with ties by each rule, where people gave any. */
export function pairBlock(
  given: readonly ClusteredPair[],
  { threshold, seed }: PairBlockOptions,
): Omit<Block, 'dimension' | 'score'> & { notes: string[] } {
  const sized = bySize(given);
  const { pairs, sizes, tied, ordered } = sized;
  const decided = tied.map((is) => 1 - is);
  const once = new Float64Array(pairs.length).fill(1);
  const ties = weighted(tied, once);
  const measures: Measure[] = [];
  const notes: string[] = [];
  const accuracy = (rule: string, more: Omit<Measure, 'metric' | 'rule'>) =>
    measures.push({ metric: 'accuracy', rule, ...more });
  const made = () => ({ ties, clusters: pairs.map(({ clusters }) => clusters), measures, notes });

  if (ties < pairs.length) {
    accuracy('without ties', {
      ...{ n: pairs.length - ties, thresholds: [] },
      of: (weights) => weighted(ordered, weights) / weighted(decided, weights),
    });
    const equal = sizes.filter((size, row) => size === 0 && decided[row] === 1).length;
    if (equal > 0)
      notes.push(`equal scores, which are wrong, in ${equal} of ${pairs.length - ties} pairs without ties`);
  } else notes.push('all pairs are ties of people: there is no accuracy without ties');
  if (ties === 0) {
    notes.push('no pair is a tie of people: accuracy with ties is that without');
    return made();
  }

  const published = publishedWithTies(sized, once);
  accuracy('with ties, threshold fitted on the same pairs (VideoAlign)', {
    ...{ n: pairs.length, thresholds: [published.threshold] },
    of: (weights) => publishedWithTies(sized, weights).accuracy,
  });
  const [reached, possible] = [published, fitThreshold(sized, once)].map((fit) => fit.accuracy.toFixed(4));
  if (reached > possible)
    notes.push(
      `the published rule's ${reached} depends on the order of the rows, since many differences are equal: no threshold gives ` +
        `more than ${possible}`,
    );

  const half = halvesOf(
    pairs.flatMap(({ clusters }) => clusters),
    seed,
  );
  const inside = ([0, 1] as const).map((side) =>
    Uint8Array.from(pairs, ({ clusters }) => Number(clusters.every((cluster) => half.get(cluster) === side))),
  );
  const n = weighted(inside[0], once) + weighted(inside[1], once);
  if (inside.every((ones) => ones.includes(1))) {
    const halves = (weights: Float64Array) =>
      inside.map((ones) => weights.map((weight, row) => weight * ones[row]));
    accuracy('with ties, threshold fitted on the other half of the prompts', {
      ...{ n, thresholds: halves(once).map((weights) => fitThreshold(sized, weights).threshold) },
      of(weights) {
        const [first, second] = halves(weights);
        const [byFirst, bySecond] = [first, second].map((own) => fitThreshold(sized, own));
        // A draw may leave nothing of a half.
        if (Number.isNaN(byFirst.accuracy + bySecond.accuracy)) return Number.NaN;
        const right =
          weighted(rightAt(sized, bySecond.threshold), first) +
          weighted(rightAt(sized, byFirst.threshold), second);
        return right / (weighted(inside[0], weights) + weighted(inside[1], weights));
      },
    });
    if (n < pairs.length)
      notes.push(`${pairs.length - n} pairs of prompts of both halves are in neither, where halves are used`);
  } else notes.push('too few prompts for two halves: no threshold is fitted on the other one');

  if (threshold !== undefined) {
    const right = rightAt(sized, threshold);
    const all = tied.map(() => 1);
    accuracy('with ties, threshold given', {
      ...{ n: pairs.length, thresholds: [threshold] },
      of: (weights) => weighted(right, weights) / weighted(all, weights),
    });
  }
  return made();
}
