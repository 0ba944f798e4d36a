import { finiteScores } from '../analysis/columns.js';
import { extent } from '../base/extent.js';
import { sharedBins } from './bins.js';
import { Figure } from './figure.js';
import { palette, type Trace } from './traces.js';

/** More groups than this are drawn as lines: bars would hide each other. */
const mostBars = 2;

/** Points of lines, by the smallest group: with more its line would be noise. Near the rule of Rice, 2 n^(1/3). */
const linePoints = (smallest: number): number =>
  Math.min(24, Math.max(6, Math.round(2 * Math.cbrt(smallest))));

/**
 * Distributions of groups of values, one over the other: each in the same bins, as shares of its own group, so that
 * groups of unequal size can be compared.
 * @param groups name -> finite values
 * @param options `title`; `axis`: what the values are; `bins`: about how many
 * @throws {RangeError} for no group, an empty one, or a value that is not finite
 */
export function groupShares(
  groups: ReadonlyMap<string, readonly number[]>,
  { title, axis, bins }: { title: string; axis: string; bins?: number },
): Figure {
  if (groups.size === 0) throw new RangeError('groupShares: expected at least one group, received none');
  const names = [...groups.keys()];
  const values = [...groups.values()].map((group) => finiteScores(group, 'groupShares'));
  const lines = names.length > mostBars;
  const { width, centers, counts } = sharedBins(
    values,
    bins ?? (lines ? linePoints(extent(values.map((group) => group.length)).lowest) : undefined),
  );
  const data = names.map((name, group): Trace => {
    const color = palette[group % palette.length];
    const shared = {
      name: `${name} (${values[group].length})`,
      x: centers,
      y: counts[group].map((count) => count / values[group].length),
      hovertemplate: '%{x:.3g}: %{y:.1%}',
    };
    return lines
      ? { ...shared, type: 'scatter', mode: 'lines', line: { color, width: 2 } }
      : { ...shared, type: 'bar', width, marker: { color, opacity: names.length > 1 ? 0.55 : 0.8 } };
  });
  return new Figure(
    data,
    {
      title: { text: title },
      barmode: 'overlay',
      xaxis: { title: { text: axis }, range: [centers[0] - width, centers[centers.length - 1] + width] },
      yaxis: { title: { text: names.length > 1 ? 'share of group' : 'share' }, tickformat: '.0%' },
    },
    title,
  );
}
