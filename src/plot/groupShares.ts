import { finiteScores } from '../analysis/columns.js';
import { type DistributionOptions, type DistributionRow, drawDistribution } from './distribution.js';
import { Figure } from './figure.js';
import { checkOptions, type FigureOptions } from './options.js';

/**
 * Distributions of groups of values, each as shares of its own, so that groups of unequal size can be compared: bars; of
 * three groups on densities, and of five on ridges.
 * @param groups name -> finite values: a map or an object
 * @param options `axis`: what the values are; `title`, `kind`, `bins`, `scale`, `intervals` and those of every figure
 * @throws {RangeError} for no group, an empty one, a value that is not finite, or an option that is not as it should be
 */
export function groupShares(
  groups: ReadonlyMap<string, readonly number[]> | Readonly<Record<string, readonly number[]>>,
  options: FigureOptions & DistributionOptions & { axis?: string } = {},
): Figure<DistributionRow> {
  const operation = 'groupShares';
  const { axis = 'score', ...shown } = options;
  checkOptions(operation, shown, ['kind', 'bins', 'scale', 'intervals', 'colours']);
  const given = groups instanceof Map ? groups : new Map(Object.entries(groups));
  if (given.size === 0) throw new RangeError('groupShares: expected at least one group, received none');
  const checked = new Map<string, number[]>();
  for (const [name, values] of given) checked.set(name, finiteScores(values, operation));
  const title = options.title ?? axis;
  const { traces, layout, rows } = drawDistribution(
    operation,
    new Map([['', checked]]),
    { title, axis },
    shown,
  );
  return new Figure({ operation, traces, layout, rows, summary: title }, shown);
}
