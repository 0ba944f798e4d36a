import { type ByGroupOptions, byGroup } from '../analysis/byGroup.js';
import type { ScoreColumns } from '../analysis/columns.js';
import type { Interval } from '../base/bootstrap.js';
import { estimates } from './estimates.js';
import type { Figure } from './figure.js';
import { checkOptions, type FigureOptions, type PlotOptions } from './options.js';

type EffectOptions = FigureOptions & Pick<PlotOptions, 'by' | 'colours'> & Pick<ByGroupOptions, 'against'>;

/**
 * Hedges' g of each group of scores with its 95% interval: how many pooled deviations its mean is above that of the others, or of
 * one group. The numbers are `sr.analysis.byGroup`'s.
 * @param table a table with the column `score`
 * @param options `by`: the column of the group, default `generator`, `model`, `group` or `metric`; `against`: one group; `colours` and those of
 *   every figure
 * @throws {RangeError} for fewer than two groups, no or non-finite scores, or an option that is not as it should be
 */
export function effectSizes(
  table: ScoreColumns,
  options: EffectOptions = {},
): Figure<{ name: string } & Interval> {
  const { by, against, ...shown } = options;
  checkOptions('effectSizes', { by, ...shown }, ['by', 'colours']);
  const tested = byGroup(table, { by, against }).filter(({ hedgesG }) => Number.isFinite(hedgesG.value));
  if (tested.length === 0)
    throw new RangeError('effectSizes: expected a group of two scores or more to compare, received none');
  const from = against ?? 'the others';
  return estimates(
    tested.map(({ group, hedgesG }) => ({ name: group, ...hedgesG })),
    {
      title: `Effect sizes against ${from}`,
      y: `Hedges' g against ${from}`,
      nothing: 0,
      ...shown,
      ...paperTitle(shown),
    },
  );
}

/** In a paper there is no title but one that is given. */
const paperTitle = ({ theme, title }: FigureOptions): { title?: string } =>
  theme === 'paper' && title === undefined ? { title: '' } : {};
