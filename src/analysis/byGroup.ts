import type { Interval } from '../base/bootstrap.js';
import { isList, type ScoreColumns } from './columns.js';
import type { LeftOut, Numbers } from './completeRows.js';
import { type EffectSize, effectOf } from './effectSize.js';
import { groupedScores } from './groupedScores.js';
import { rowsOfGroups } from './groups.js';
import { holm } from './holm.js';
import { meanInterval } from './meanInterval.js';

/** A group of clips, and how its scores differ from those of the others. */
export interface GroupRow extends LeftOut {
  /** Name of the group. */
  group: string;
  /** Clips of the group that have a score. */
  clips: number;
  /** With Student's 95% interval. */
  mean: Interval;
  /** What it is compared with: the name of a group, or `the others`. */
  against: string;
  /** Of its mean, with Welch's 95% interval; NaN for the group that the others are compared with. */
  difference: Interval;
  /** The difference in pooled deviations, without the bias of small groups, with its 95% interval. */
  hedgesG: Interval;
  /** How much oftener a score of the group is above one of the others than below, -1 to 1, with its 95% interval. */
  cliffDelta: Interval;
  /** Of Welch's test, and adjusted by Holm for the number of groups that were tested. */
  p: number;
  /** The p adjusted by Holm. */
  holm: number;
  /** Whether the adjusted p is below 0.05. */
  differs: boolean;
}

/** How `byGroup` compares groups. */
export interface ByGroupOptions {
  /** The column that says the group. Default: the first there is of `generator`, `model`, `group` and `metric`. */
  by?: string;
  /** The group that each other is compared with. Default: each with all others together. */
  against?: string;
}

const usual = ['generator', 'model', 'group', 'metric'];
const unknown: Interval = { value: Number.NaN, low: Number.NaN, high: Number.NaN };

/**
 * Mean score of each group with its 95% interval, its difference from the others or from one of them, effect sizes, and p adjusted for
 * the number of groups; the highest mean first. Clips are taken as independent; rows without a score are left out, and each row of the
 * result says how many were left out of all.
 * @param table a table with the column `score`
 * @throws {RangeError} for fewer than two groups, no score, one that is not finite, or `against` that is not a group; {Error} for a column that
 *   is not there
 */
export function byGroup(table: ScoreColumns, options?: ByGroupOptions): GroupRow[];
/** The same of two lists: scores, and the group of each. */
export function byGroup(
  scores: Numbers,
  groups: ArrayLike<unknown>,
  options?: Pick<ByGroupOptions, 'against'>,
): GroupRow[];
export function byGroup(
  first: ScoreColumns | Numbers,
  second: ArrayLike<unknown> | ByGroupOptions = {},
  third: ByGroupOptions = {},
): GroupRow[] {
  const [listed, { by = usual, against }] = isList(second) ? [second, third] : [undefined, second];
  const { scores, groups, left } = groupedScores('byGroup', first, listed, by);
  const members = rowsOfGroups(groups);
  const names = [...members.keys()];
  if (names.length < 2)
    throw new RangeError(`byGroup: expected at least two groups, received one, "${names[0]}"`);
  if (against !== undefined && !members.has(against))
    throw new RangeError(`byGroup: against: expected one of ${names.join(', ')}; received '${against}'`);
  const rows = names.map((group): GroupRow => {
    const own = members.get(group)!.map((row) => scores[row]);
    const others =
      against === undefined
        ? scores.filter((_, row) => groups[row] !== group)
        : members.get(against)!.map((row) => scores[row]);
    const compared: Pick<EffectSize, 'difference' | 'p' | 'hedgesG' | 'cliffDelta'> =
      group === against
        ? { difference: unknown, p: Number.NaN, hedgesG: unknown, cliffDelta: unknown }
        : effectOf(own, others);
    const { difference, p, hedgesG, cliffDelta } = compared;
    const compares = { against: against ?? 'the others', difference, hedgesG, cliffDelta, p };
    return {
      group,
      clips: own.length,
      mean: meanInterval(own),
      ...compares,
      holm: Number.NaN,
      differs: false,
    };
  });
  const adjusted = holm(rows.map(({ p }) => p));
  return rows
    .map((row, i) => ({ ...row, holm: adjusted[i], differs: adjusted[i] < 0.05, ...left }))
    .sort((a, b) => b.mean.value - a.mean.value);
}
