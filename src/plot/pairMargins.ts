import { isList, isNumbers, type ScoreColumns } from '../analysis/columns.js';
import type { Numbers } from '../analysis/completeRows.js';
import { pairScores } from '../analysis/pairScores.js';
import { scoresOf } from '../analysis/scoresOf.js';
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

/** How margins are drawn. */
export type MarginOptions = FigureOptions & Pick<PlotOptions, 'bins' | 'colours'>;

/**
 * Distribution of the margins of pairs, score of the chosen clip minus score of the rejected one: right of 0 are
 * the pairs that the model orders as the labels do. Pairs that lack a score are left out and counted below the title.
 * @param pairs a table with the columns `chosen` and `rejected`, the scores of either clip; or a list of margins
 * @param options `bins`: about how many; 0 is the edge of one; `colours` and those of every figure
 * @throws {RangeError} for no pair, a score that is not finite, or an option that is not as it should be
 */
export function pairMargins(pairs: ScoreColumns | Numbers, options?: MarginOptions): Figure<MarginRow>;
/** The same of two lists: the chosen scores, and the rejected ones. */
export function pairMargins(chosen: Numbers, rejected: Numbers, options?: MarginOptions): Figure<MarginRow>;
export function pairMargins(
  first: ScoreColumns | Numbers,
  second: Numbers | MarginOptions = {},
  third: MarginOptions = {},
): Figure<MarginRow> {
  const options = isList(second) ? third : (second as MarginOptions);
  checkOptions('pairMargins', options, ['bins', 'colours']);
  const { margins, note } = marginsOf(first, isList(second) ? (second as Numbers) : undefined);
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
      note,
      rows,
    },
    options,
  );
}

function marginsOf(
  first: ScoreColumns | Numbers,
  rejected: Numbers | undefined,
): { margins: readonly number[]; note?: string } {
  if (!rejected && isNumbers(first)) {
    const { scores, note } = scoresOf('pairMargins', first, 'margin');
    return { margins: scores, note };
  }
  const pairs = rejected
    ? pairScores<never>('pairMargins', [first as Numbers, rejected])
    : pairScores<never>('pairMargins', [first as ScoreColumns]);
  return { margins: pairs.chosen.map((score, i) => score - pairs.rejected[i]), note: pairs.note };
}
