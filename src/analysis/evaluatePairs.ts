import { type BootstrapOptions, bootstrap, type Interval } from '../base/bootstrap.js';
import { rowsByGroup } from './groups.js';
import { checkLengths, checkPairs } from './validate.js';

/** One metric of one group of pairs, with its 95% interval. */
export interface PairEvaluationRow extends Interval {
  /** `all`, or the name of the group. */
  group: string;
  metric: 'accuracy' | 'meanMargin';
  /** Pairs in the group. */
  pairs: number;
}

export interface EvaluatePairsOptions extends BootstrapOptions {
  /**
   * The ids of the two clips of each pair. Pairs that share a clip are not independent: with the ids clips are drawn
   * instead of pairs, and a pair counts as often as the product of its two clips' draws (the pigeonhole bootstrap,
   * Owen 2007; its intervals are never too narrow, but too wide where no pair shares a clip).
   */
  clips?: { chosen: readonly string[]; rejected: readonly string[] };
  /** The group of each pair: every group gets rows of its own after those of all. */
  groups?: readonly string[];
}

/**
 * Pair accuracy (chosen above rejected; a tie is not) and mean margin, each with a bootstrap 95% interval.
 * @throws {RangeError} for no or non-finite scores, or lists of different lengths
 */
export function evaluatePairs(
  chosen: readonly number[],
  rejected: readonly number[],
  { clips, groups, ...options }: EvaluatePairsOptions = {},
): PairEvaluationRow[] {
  checkPairs('evaluatePairs', chosen, rejected);
  if (groups) checkLengths('evaluatePairs', 'groups', chosen.length, groups.length);
  if (clips) {
    checkLengths('evaluatePairs', 'chosen clips', chosen.length, clips.chosen.length);
    checkLengths('evaluatePairs', 'rejected clips', chosen.length, clips.rejected.length);
  }
  return rowsByGroup(chosen.length, groups).flatMap(({ group, members }) => {
    const { items, weigh } = clips
      ? clipItems(clips, members)
      : { items: members.length, weigh: pairWeights };
    const metrics = bootstrap(
      items,
      (drawn) => {
        const weights = weigh(times(drawn, items));
        let total = 0;
        let right = 0;
        let margin = 0;
        members.forEach((pair, i) => {
          total += weights[i];
          right += chosen[pair] > rejected[pair] ? weights[i] : 0;
          margin += weights[i] * (chosen[pair] - rejected[pair]);
        });
        return { accuracy: right / total, meanMargin: margin / total };
      },
      options,
    );
    return (['accuracy', 'meanMargin'] as const).map((metric) => ({
      group,
      metric,
      ...metrics[metric],
      pairs: members.length,
    }));
  });
}

/** How often each item was drawn. */
function times(drawn: Uint32Array, items: number): Uint32Array {
  const counts = new Uint32Array(items);
  for (const item of drawn) counts[item]++;
  return counts;
}

const pairWeights = (drawnPairs: Uint32Array): Uint32Array => drawnPairs;

/** The clips of some pairs as the items to draw, and how often a pair counts then. */
function clipItems(
  clips: { chosen: readonly string[]; rejected: readonly string[] },
  members: readonly number[],
): { items: number; weigh: (drawnClips: Uint32Array) => Uint32Array } {
  const items = new Map<string, number>();
  const itemOf = (id: string) => {
    if (!items.has(id)) items.set(id, items.size);
    return items.get(id) as number;
  };
  const sides = members.map((pair) => [itemOf(clips.chosen[pair]), itemOf(clips.rejected[pair])] as const);
  return {
    items: items.size,
    weigh: (drawnClips) => Uint32Array.from(sides, ([a, b]) => drawnClips[a] * drawnClips[b]),
  };
}
