import { type BootstrapOptions, bootstrap, type Interval } from '../base/bootstrap.js';
import type { ScoreColumns } from './columns.js';
import type { LeftOut, Numbers } from './completeRows.js';
import { rowsByGroup } from './groups.js';
import { type PairArguments, type PairScores, pairScores } from './pairScores.js';
import { checkLengths } from './validate.js';

/** One metric of one group of pairs, with its 95% interval. */
export interface PairEvaluationRow extends Interval, LeftOut {
  /** `all`, or the name of the group. */
  group: string;
  /** What was measured: the share of pairs in the right order, or the mean of chosen minus rejected. */
  metric: 'accuracy' | 'meanMargin';
  /** Pairs in the group. */
  pairs: number;
}

/** How `evaluatePairs` draws its intervals and groups the pairs of lists. */
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

/** The same of a table of pairs. */
export interface EvaluatePairsTableOptions extends BootstrapOptions {
  /** The columns that name the two clips of each pair; see `clips` of lists. */
  clips?: { chosen: string; rejected: string };
  /** The column that has the group of each pair. */
  by?: string;
}

/**
 * Pair accuracy (chosen above rejected; a tie is not) and mean margin, each with a bootstrap 95% interval. Pairs that lack a score are
 * left out, and each row of the result says how many were left out of all.
 * @param pairs a table with the columns `chosen` and `rejected`, the scores of either clip
 * @throws {RangeError} for no pair, a score that is not finite, or lists of different lengths
 */
export function evaluatePairs(pairs: ScoreColumns, options?: EvaluatePairsTableOptions): PairEvaluationRow[];
/** The same of two lists: the chosen scores, and the rejected ones. */
export function evaluatePairs(
  chosen: Numbers,
  rejected: Numbers,
  options?: EvaluatePairsOptions,
): PairEvaluationRow[];
export function evaluatePairs(
  ...given: PairArguments<EvaluatePairsOptions | EvaluatePairsTableOptions>
): PairEvaluationRow[] {
  const { chosen, rejected, options: asked = {}, left, ...rest } = pairScores('evaluatePairs', given);
  const { samples, seed } = asked;
  const { clips, groups } = ofPairs(asked, rest);
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
      { samples, seed },
    );
    return (['accuracy', 'meanMargin'] as const).map((metric) => ({
      group,
      metric,
      ...metrics[metric],
      pairs: members.length,
      ...left,
    }));
  });
}

/** What else is known of the pairs, by lists or by the columns of their table. */
function ofPairs(
  asked: EvaluatePairsOptions | EvaluatePairsTableOptions,
  { rows, pick, column }: Pick<PairScores<never>, 'rows' | 'pick' | 'column'>,
): Pick<EvaluatePairsOptions, 'clips' | 'groups'> {
  const texts = (values: string | readonly string[], what: string): readonly string[] => {
    if (typeof values === 'string') return column(values).map(String);
    checkLengths('evaluatePairs', what, rows, values.length);
    return pick(values);
  };
  const groups = 'by' in asked ? asked.by : 'groups' in asked ? asked.groups : undefined;
  return {
    ...(groups && { groups: texts(groups, 'groups') }),
    ...(asked.clips && {
      clips: {
        chosen: texts(asked.clips.chosen, 'chosen clips'),
        rejected: texts(asked.clips.rejected, 'rejected clips'),
      },
    }),
  };
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
