import { agreementOf } from '../analysis/againstRatings.js';
import { isList, type ScoreColumns } from '../analysis/columns.js';
import type { Numbers } from '../analysis/completeRows.js';
import { meanInterval } from '../analysis/meanInterval.js';
import { type RatingOptions, ratedColumns } from '../analysis/ratedColumns.js';
import { argsort } from '../base/argsort.js';
import { Random } from '../base/random.js';
import { coloursOf, faded, palette } from './colours.js';
import { Figure } from './figure.js';
import { checkOptions, type FigureOptions, type PlotOptions } from './options.js';
import { thin } from './thin.js';
import { errorBars, ink } from './traces.js';
import { short, withInterval } from './words.js';

/** Up to so many different ratings each has a mean of its own; beyond, tenths of the clips have. */
const mostLevels = 12;
const bins = 10;
/** Points that are drawn; more would be a solid cloud. */
const mostPoints = 1500;

/** How scores against ratings are drawn. */
export type AgainstOptions = FigureOptions & Pick<PlotOptions, 'colours'> & RatingOptions;

/**
 * Scores against ratings: a point for each clip, and the mean score at each rating (of many ratings in tenths of the clips) with its
 * 95% interval; Spearman's correlation in the title. Rows without a score or a rating are left out and counted below it. The numbers are `sr.analysis.againstRatings`'s.
 * @param table a table with the columns `score` and `rating`
 * @param options `rating`: the column of the ratings; `cluster`: that of what clips have in common, such as their prompt; `colours` and
 *   those of every figure
 * @throws {RangeError} for fewer than two clips, a value that is not finite, or an option that is not as it should be
 */
export function againstRatings(
  table: ScoreColumns,
  options?: AgainstOptions,
): Figure<{ rating: number; score: number }>;
/** The same of two lists: scores and ratings. */
export function againstRatings(
  scores: Numbers,
  ratings: Numbers,
  options?: Omit<AgainstOptions, 'rating' | 'cluster'>,
): Figure<{ rating: number; score: number }>;
export function againstRatings(
  first: ScoreColumns | Numbers,
  second: Numbers | AgainstOptions = {},
  third: AgainstOptions = {},
): Figure<{ rating: number; score: number }> {
  const { rating, cluster, ...shown } = isList(second) ? third : (second as AgainstOptions);
  checkOptions('againstRatings', shown, ['colours']);
  const columns = ratedColumns(
    'againstRatings',
    first,
    isList(second) ? (second as Numbers) : { rating, cluster },
  );
  const { scores, ratings } = columns;
  const { spearman, kendall, clips } = agreementOf(columns);
  const color = shown.colours ? coloursOf('againstRatings', ['scores'], shown.colours)[0] : palette[0];
  const levels = [...new Set(ratings)].sort((a, b) => a - b);
  const discrete = levels.length <= mostLevels;
  const groups = discrete
    ? levels.map((level) => ratings.flatMap((value, i) => (value === level ? [i] : [])))
    : tenths(ratings);
  const means = groups.map((rows) => {
    const at = rows.reduce((sum, row) => sum + ratings[row], 0) / rows.length;
    return { at, clips: rows.length, ...meanInterval(rows.map((row) => scores[row])) };
  });
  // Points of one rating beside each other, the same in every drawing.
  const random = new Random(0);
  const apart =
    discrete && levels.length > 1
      ? 0.3 * Math.min(...levels.slice(1).map((level, i) => level - levels[i]))
      : 0;
  const chosen = thin(scores.length, mostPoints);
  const { labels = {} } = shown;
  const title = `Score against rating, ${clips} clips: Spearman ${withInterval(spearman)}`;
  return new Figure(
    {
      operation: 'againstRatings',
      traces: [
        {
          type: 'scatter',
          mode: 'markers',
          name:
            chosen.length < scores.length ? `clips (${chosen.length} of ${scores.length} drawn)` : 'clips',
          x: chosen.map((i) => ratings[i] + random.uniform(-apart, apart)),
          y: chosen.map((i) => scores[i]),
          marker: { color: faded(color, 1), opacity: 0.35, symbol: 'circle', size: 4 },
          hoverinfo: 'skip',
        },
        {
          type: 'scatter',
          mode: 'lines',
          name: discrete ? 'mean at each rating' : 'mean of tenths of the clips',
          showlegend: false,
          x: means.map(({ at }) => at),
          y: means.map(({ value }) => value),
          line: { color: ink, width: 1.5 },
        },
        {
          type: 'scatter',
          mode: 'markers',
          name: discrete ? 'mean at each rating' : 'mean of tenths of the clips',
          x: means.map(({ at }) => at),
          y: means.map(({ value }) => value),
          error_y: errorBars(
            means.map(({ value, low, high }) =>
              Number.isNaN(low) ? { value, low: value, high: value } : { value, low, high },
            ),
            { color: ink, thickness: 2, width: 0 },
          ),
          marker: { color: ink, symbol: 'circle', size: 7 },
          hovertemplate: '%{x:.3g}: %{y:.3g}',
        },
      ],
      layout: {
        title: { text: title },
        xaxis: {
          title: { text: labels.x ?? 'rating' },
          ...(discrete && { tickvals: levels, ticktext: levels.map(short) }),
        },
        yaxis: { title: { text: labels.y ?? 'score' }, ...rangeOf(scores) },
      },
      summary: `${title}, Kendall ${withInterval(kendall)}`,
      note: columns.note,
      rows: () => scores.map((score, i) => ({ rating: ratings[i], score })),
    },
    shown,
  );
}

/** Rows by rising rating, in tenths. */
function tenths(ratings: readonly number[]): number[][] {
  const order = argsort(ratings);
  return Array.from({ length: bins }, (_, bin) => {
    const [from, to] = [bin, bin + 1].map((edge) => Math.round((edge * order.length) / bins));
    return Array.from(order.subarray(from, to));
  }).filter((rows) => rows.length > 0);
}

function rangeOf(scores: readonly number[]): { range: [number, number] } {
  let [low, high] = [scores[0], scores[0]];
  for (const score of scores) [low, high] = [Math.min(low, score), Math.max(high, score)];
  const space = (high - low || 1) * 0.05;
  return { range: [low - space, high + space] };
}
