import { type PromptRow, byPrompt as rowsOf } from '../analysis/byPrompt.js';
import { isList, type ScoreColumns } from '../analysis/columns.js';
import type { Numbers } from '../analysis/completeRows.js';
import { leftOutWords } from '../base/missing.js';
import { coloursOf, faded, palette } from './colours.js';
import { Figure } from './figure.js';
import { checkOptions, type FigureOptions, type PlotOptions } from './options.js';
import { cut } from './textWidth.js';
import { looks } from './theme.js';
import { errorBars, type Trace } from './traces.js';
import { short } from './words.js';

/** More prompts than this are drawn without their names. */
const mostNames = 30;

/** How prompts are drawn. */
export type PromptOptions = FigureOptions & Pick<PlotOptions, 'by' | 'colours'>;

/**
 * Scores prompt by prompt, the highest mean first: mean, and from the lowest to the highest clip; and how much of all spread lies
 * between prompts. Up to 30 prompts are rows with their names. Rows without a score are left out and counted below the title. The numbers are `sr.analysis.byPrompt`'s.
 * @param table a table with the column `score`
 * @param options `by`: the column of the prompt, default `promptId`, `prompt_id` or `prompt`; `colours` and those of every figure
 * @throws {RangeError} for fewer than two prompts, no score, one that is not finite, or an option that is not as it should be
 */
export function byPrompt(table: ScoreColumns, options?: PromptOptions): Figure<PromptRow>;
/** The same of two lists: scores, and the prompt of each. */
export function byPrompt(
  scores: Numbers,
  prompts: ArrayLike<unknown>,
  options?: Omit<PromptOptions, 'by'>,
): Figure<PromptRow>;
export function byPrompt(
  first: ScoreColumns | Numbers,
  second: ArrayLike<unknown> | PromptOptions = {},
  third: PromptOptions = {},
): Figure<PromptRow> {
  const options = isList(second) ? third : second;
  const { by, ...shown } = options;
  checkOptions('byPrompt', options, ['by', 'colours']);
  const { prompts, intraclass, leftOut } = isList(second)
    ? rowsOf(first as Numbers, second)
    : rowsOf(first as ScoreColumns, { by });
  const { labels = {}, theme = 'notebook' } = options;
  const look = looks[theme];
  const color = options.colours ? coloursOf('byPrompt', ['scores'], options.colours)[0] : palette[0];
  const title = `Scores of ${prompts.length} prompts: ${Number.isNaN(intraclass) ? 'one clip each' : `${(100 * Math.max(0, intraclass)).toFixed(0)}% of the spread is between them`}`;
  const named = prompts.length <= mostNames;
  const places = prompts.map((_, i) => (named ? prompts.length - 1 - i : i + 1));
  const means = prompts.map(({ mean }) => mean);
  const ends = prompts.map(({ mean, lowest, highest }) => ({ value: mean, low: lowest, high: highest }));
  const scores = { title: { text: labels.x ?? 'score: lowest, mean, highest' } };
  const traces: Trace[] = named
    ? [
        {
          type: 'scatter',
          mode: 'markers',
          name: 'mean',
          x: means,
          y: places,
          error_x: errorBars(ends, { color: faded(color, 0.6), thickness: 2, width: 0 }),
          marker: { color, symbol: 'circle', size: 7 },
          hovertemplate: '%{y}: %{x:.3g}',
        },
      ]
    : [
        {
          type: 'scatter',
          mode: 'none',
          name: 'lowest to highest',
          x: [...places, ...places.toReversed()],
          y: [...ends.map(({ high }) => high), ...ends.map(({ low }) => low).toReversed()],
          fill: 'toself',
          fillcolor: faded(color, 0.25),
          hoverinfo: 'skip',
        },
        { type: 'scatter', mode: 'lines', name: 'mean', x: places, y: means, line: { color, width: 2 } },
      ];
  const names = prompts.map(
    ({ prompt, clips }) =>
      `${cut(labels.groups?.[prompt] ?? prompt, look.tick, look.width * 0.3)} (${clips})`,
  );
  return new Figure(
    {
      operation: 'byPrompt',
      traces,
      layout: {
        title: { text: title },
        ...(named
          ? {
              xaxis: scores,
              yaxis: {
                tickvals: places,
                ticktext: names,
                range: [-0.6, prompts.length - 0.4],
                showgrid: false,
              },
              height: look.title * 3 + look.text * (6 + 1.7 * prompts.length),
            }
          : {
              xaxis: { title: { text: labels.x ?? 'prompts, by their mean' }, range: [1, prompts.length] },
              yaxis: { title: { text: labels.y ?? 'score' } },
            }),
        showlegend: !named,
      },
      summary: `${title}. Highest mean: ${prompts[0].prompt} ${short(prompts[0].mean)}; lowest: ${prompts[prompts.length - 1].prompt} ${short(prompts[prompts.length - 1].mean)}`,
      note: leftOut === undefined ? undefined : leftOutWords(leftOut, ['score']),
      rows: () => prompts,
    },
    shown,
  );
}
