import { finiteScores } from '../analysis/columns.js';
import { sharedBins } from './bins.js';
import { Figure } from './figure.js';
import { palette, type Trace, verticalLine } from './traces.js';

/**
 * Distribution of the margins of pairs, score of the chosen clip minus score of the rejected one: right of 0 are
 * the pairs that the model orders as the labels do.
 * @param pairs margins, or the two scores of each pair
 * @param options `bins`: about how many; 0 is the edge of one
 */
export function pairMargins(
  pairs: readonly number[] | readonly { chosen: number; rejected: number }[],
  options: { bins?: number } = {},
): Figure {
  const margins = finiteScores(
    pairs.map((pair) => (typeof pair === 'number' ? pair : pair.chosen - pair.rejected)),
    'pairMargins',
  );
  const right = margins.filter((margin) => margin > 0);
  const wrong = margins.filter((margin) => margin <= 0);
  const { width, centers, counts } = sharedBins([right, wrong], options.bins);
  const data: Trace[] = ['right order', 'wrong order'].map((name, group) => ({
    type: 'bar',
    name: `${name} (${[right, wrong][group].length})`,
    x: centers,
    y: counts[group].map((count) => count / margins.length),
    width,
    marker: { color: palette[group], opacity: 0.75 },
    hovertemplate: '%{x:.3g}: %{y:.1%}',
  }));
  const share = ((100 * right.length) / margins.length).toFixed(1);
  const title = `Pair margins: ${share}% of ${margins.length} pairs in the right order`;
  return new Figure(
    data,
    {
      title: { text: title },
      barmode: 'overlay',
      xaxis: { title: { text: 'margin (chosen \u2212 rejected)' } },
      yaxis: { title: { text: 'share of pairs' }, tickformat: '.0%' },
      shapes: [verticalLine(0)],
    },
    title,
  );
}
