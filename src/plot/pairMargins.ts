import { finiteScores } from '../analysis/columns.js';
import { sharedBins } from './bins.js';
import { coloursOf } from './colours.js';
import { Figure } from './figure.js';
import { checkOptions, type FigureOptions, type PlotOptions } from './options.js';
import { type Trace, verticalLine } from './traces.js';

/** A bar of pair margins. */
export interface MarginRow {
  order: string;
  from: number;
  to: number;
  count: number;
  /** Of all pairs. */
  share: number;
}

const orders = ['right order', 'wrong order'];

/**
 * Distribution of the margins of pairs, score of the chosen clip minus score of the rejected one: right of 0 are
 * the pairs that the model orders as the labels do.
 * @param pairs margins, or the two scores of each pair
 * @param options `bins`: about how many; 0 is the edge of one; `colours` and those of every figure
 * @throws {RangeError} for no pair, a score that is not finite, or an option that is not as it should be
 */
export function pairMargins(
  pairs: ArrayLike<number> | readonly { chosen: number; rejected: number }[],
  options: FigureOptions & Pick<PlotOptions, 'bins' | 'colours'> = {},
): Figure<MarginRow> {
  checkOptions('pairMargins', options, ['bins', 'colours']);
  const margins = finiteScores(
    Array.from<number | { chosen: number; rejected: number }, number>(pairs, (pair) =>
      typeof pair === 'object' ? pair.chosen - pair.rejected : pair,
    ),
    'pairMargins',
  );
  const right = margins.filter((margin) => margin > 0);
  const wrong = margins.filter((margin) => margin <= 0);
  const { width, centers, counts } = sharedBins([right, wrong], options.bins);
  const colours = coloursOf(
    'pairMargins',
    orders,
    options.colours ?? coloursOf('pairMargins', ['Pass', 'Fail']),
  );
  const { labels = {} } = options;
  const traces = orders.map((name, group): Trace => {
    const shown = labels.groups?.[name] ?? name;
    return {
      type: 'bar',
      name: `${shown} (${[right, wrong][group].length})`,
      x: centers,
      y: counts[group].map((count) => count / margins.length),
      width,
      marker: { color: colours[group], opacity: 0.75 },
      hovertemplate: '%{x:.3g}: %{y:.1%}',
    };
  });
  const share = ((100 * right.length) / margins.length).toFixed(1);
  const title = `Pair margins: ${share}% of ${margins.length} pairs in the right order`;
  const rows = () =>
    orders.flatMap((order, group) =>
      counts[group].map((count, bin): MarginRow => {
        const [from, to] = [centers[bin] - width / 2, centers[bin] + width / 2];
        return { order, from, to, count, share: count / margins.length };
      }),
    );
  return new Figure(
    {
      operation: 'pairMargins',
      traces,
      layout: {
        title: { text: title },
        barmode: 'overlay',
        xaxis: { title: { text: labels.x ?? 'margin (chosen \u2212 rejected)' } },
        yaxis: { title: { text: labels.y ?? 'share of pairs' }, tickformat: '.0%' },
        shapes: [verticalLine(0)],
      },
      summary: title,
      rows,
    },
    options,
  );
}
