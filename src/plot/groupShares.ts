import type { ScoreColumns } from '../analysis/columns.js';
import type { Numbers } from '../analysis/completeRows.js';
import { leftOutOf, scoresOf } from '../analysis/scoresOf.js';
import { leftOutWords } from '../base/missing.js';
import { type DistributionOptions, type DistributionRow, drawDistribution } from './distribution.js';
import { Figure } from './figure.js';
import { checkOptions, type FigureOptions } from './options.js';

/**
 * Distributions of groups of values, each as shares of its own, so that groups of unequal size can be compared: bars; of
 * three groups on densities, and of five on ridges. What is missing is left out and counted below the title.
 * @param groups name -> values, or a table with the column `score`: a map or an object
 * @param options `axis`: what the values are; `title`, `kind`, `bins`, `scale`, `intervals` and those of every figure
 * @throws {RangeError} for no group, an empty one, a value that is not finite, or an option that is not as it should be
 */
export function groupShares(
  groups: ReadonlyMap<string, ScoreColumns | Numbers> | Readonly<Record<string, ScoreColumns | Numbers>>,
  options: FigureOptions & DistributionOptions & { axis?: string } = {},
): Figure<DistributionRow> {
  const operation = 'groupShares';
  const { axis = 'score', ...shown } = options;
  checkOptions(operation, shown, ['kind', 'bins', 'scale', 'intervals', 'colours']);
  const given: ReadonlyMap<string, ScoreColumns | Numbers> =
    groups instanceof Map ? groups : new Map(Object.entries(groups));
  if (given.size === 0) throw new RangeError('groupShares: expected at least one group, received none');
  const read = [...given].map(([name, values]) => ({ name, ...scoresOf(operation, values) }));
  const checked = new Map(read.map(({ name, scores }) => [name, scores]));
  const { leftOut } = leftOutOf(...read.map(({ left }) => left));
  const note = leftOut === undefined ? undefined : leftOutWords(leftOut, ['value']);
  const title = options.title ?? axis;
  const { traces, layout, rows } = drawDistribution(
    operation,
    new Map([['', checked]]),
    { title, axis },
    shown,
  );
  return new Figure({ operation, traces, layout, rows, summary: title, note }, shown);
}
