import { type ByGroupOptions, byGroup } from '../analysis/byGroup.js';
import { isList, type ScoreColumns } from '../analysis/columns.js';
import type { Numbers } from '../analysis/completeRows.js';
import type { Interval } from '../base/bootstrap.js';
import { leftOutWords } from '../base/missing.js';
import { drawEstimates } from './estimates.js';
import type { Figure } from './figure.js';
import { checkOptions, type FigureOptions, type PlotOptions } from './options.js';

/** How effect sizes are drawn. */
export type EffectOptions = FigureOptions &
  Pick<PlotOptions, 'by' | 'colours'> &
  Pick<ByGroupOptions, 'against'>;

/**
 * Hedges' g of each group of scores with its 95% interval: how many pooled deviations its mean is above that of the others, or of
 * one group. Rows without a score are left out and counted below the title. The numbers are `sr.analysis.byGroup`'s.
 * @param table a table with the column `score`
 * @param options `by`: the column of the group, default `generator`, `model`, `group` or `metric`; `against`: one group; `colours` and those of
 *   every figure
 * @throws {RangeError} for fewer than two groups, no score, one that is not finite, or an option that is not as it should be
 */
export function effectSizes(
  table: ScoreColumns,
  options?: EffectOptions,
): Figure<{ name: string } & Interval>;
/** The same of two lists: scores, and the group of each. */
export function effectSizes(
  scores: Numbers,
  groups: ArrayLike<unknown>,
  options?: Omit<EffectOptions, 'by'>,
): Figure<{ name: string } & Interval>;
export function effectSizes(
  first: ScoreColumns | Numbers,
  second: ArrayLike<unknown> | EffectOptions = {},
  third: EffectOptions = {},
): Figure<{ name: string } & Interval> {
  const { by, against, ...shown } = isList(second) ? third : second;
  checkOptions('effectSizes', { by, ...shown }, ['by', 'colours']);
  const rows = isList(second)
    ? byGroup(first as Numbers, second, { against })
    : byGroup(first as ScoreColumns, { by, against });
  const tested = rows.filter(({ hedgesG }) => Number.isFinite(hedgesG.value));
  if (tested.length === 0)
    throw new RangeError('effectSizes: expected a group of two scores or more to compare, received none');
  const from = against ?? 'the others';
  const { leftOut } = rows[0];
  return drawEstimates(
    tested.map(({ group, hedgesG }) => ({ name: group, ...hedgesG })),
    {
      title: `Effect sizes against ${from}`,
      y: `Hedges' g against ${from}`,
      nothing: 0,
      ...shown,
      ...paperTitle(shown),
    },
    leftOut === undefined ? undefined : leftOutWords(leftOut, ['score']),
  );
}

/** In a paper there is no title but one that is given. */
const paperTitle = ({ theme, title }: FigureOptions): { title?: string } =>
  theme === 'paper' && title === undefined ? { title: '' } : {};
