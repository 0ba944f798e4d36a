import {
  type Costs,
  cheapest,
  thresholdCosts as costsOf,
  thresholdMistakes,
} from '../analysis/chooseThreshold.js';
import type { ScoreColumns } from '../analysis/columns.js';
import type { Numbers } from '../analysis/completeRows.js';
import { type LabelledArguments, type Labels, labelledScores } from '../analysis/labelledScores.js';
import { coloursOf, palette } from './colours.js';
import { Figure } from './figure.js';
import { checkOptions, type FigureOptions, type PlotOptions } from './options.js';
import { thin } from './thin.js';
import { verticalLine } from './traces.js';

/** What mistakes cost, and how that is drawn. */
export type CostOptions = Costs & FigureOptions & Pick<PlotOptions, 'colours'>;

/**
 * Mean cost of a clip over the threshold from which on clips pass, with a line at the cheapest threshold. Rows
 * without a score or a label are left out and counted below the title.
 * @param table a table with the columns `score` and `pass`
 * @param options `falsePass` and `falseFail`, what mistakes cost; `colours` and those of every figure
 * @throws {RangeError} for no score, one that is not finite, another number of labels, labels of one kind only, a cost that
 *   is not a number above 0, or an option that is not as it should be
 */
export function thresholdCosts(
  table: ScoreColumns,
  options?: CostOptions,
): Figure<{ threshold: number; cost: number }>;
/** The same of two lists: scores, and labels, of which true is Pass. */
export function thresholdCosts(
  scores: Numbers,
  labels: Labels,
  options?: CostOptions,
): Figure<{ threshold: number; cost: number }>;
export function thresholdCosts(
  ...given: LabelledArguments<CostOptions>
): Figure<{ threshold: number; cost: number }> {
  const { scores, labels, options = {}, note } = labelledScores('thresholdCosts', given);
  const { falsePass, falseFail, ...shown } = options;
  checkOptions('thresholdCosts', shown, ['colours']);
  const costs: Costs = { falsePass, falseFail };
  const mistakes = thresholdMistakes(scores, labels);
  const best = cheapest(mistakes, costs);
  const all = costsOf(mistakes, costs);
  // The first threshold is infinity, which has no place on the axis.
  const drawn = thin(all.length - 1).map((i) => i + 1);
  const at = Number.isFinite(best.threshold) ? best.threshold.toPrecision(3) : 'nothing passes';
  const title = `Threshold: cheapest at ${at}, cost ${best.cost.toFixed(3)} a clip`;
  const color = shown.colours ? coloursOf('thresholdCosts', ['scores'], shown.colours)[0] : palette[0];
  return new Figure(
    {
      operation: 'thresholdCosts',
      traces: [
        {
          type: 'scatter',
          mode: 'lines',
          name: 'cost',
          showlegend: false,
          x: drawn.map((i) => mistakes.thresholds[i]),
          y: drawn.map((i) => all[i]),
          line: { color, width: 2 },
          hovertemplate: 'from %{x:.3g} on: %{y:.3f}',
        },
      ],
      layout: {
        title: { text: title },
        xaxis: { title: { text: shown.labels?.x ?? 'a clip passes from this score on' } },
        yaxis: { title: { text: shown.labels?.y ?? 'mean cost of a clip' } },
        shapes: Number.isFinite(best.threshold) ? [verticalLine(best.threshold)] : [],
      },
      summary: title,
      note,
      rows: () => drawn.map((i) => ({ threshold: mistakes.thresholds[i], cost: all[i] })),
    },
    shown,
  );
}
