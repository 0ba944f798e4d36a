import {
  type Costs,
  cheapest,
  thresholdCosts as costsOf,
  thresholdMistakes,
} from '../analysis/chooseThreshold.js';
import type { ScoreColumns } from '../analysis/columns.js';
import { type LabelledArguments, labelledScores } from '../analysis/labelledScores.js';
import { Figure } from './figure.js';
import { thin } from './thin.js';
import { palette, verticalLine } from './traces.js';

/**
 * Mean cost of a clip over the threshold from which on clips pass, with a line at the cheapest threshold.
 * @throws {RangeError} for no or non-finite scores, another number of labels, labels of one kind only, or a cost that
 *   is no number above 0
 */
export function thresholdCosts(table: ScoreColumns, costs?: Costs): Figure;
/** The same of two lists: scores, and labels, of which true is Pass. */
export function thresholdCosts(scores: readonly number[], labels: readonly boolean[], costs?: Costs): Figure;
export function thresholdCosts(...given: LabelledArguments<Costs>): Figure {
  const { scores, labels, options: costs = {} } = labelledScores('thresholdCosts', given);
  const mistakes = thresholdMistakes(scores, labels);
  const best = cheapest(mistakes, costs);
  const all = costsOf(mistakes, costs);
  // The first threshold is infinity, which has no place on the axis.
  const drawn = thin(all.length - 1).map((i) => i + 1);
  const at = Number.isFinite(best.threshold) ? best.threshold.toPrecision(3) : 'nothing passes';
  const title = `Threshold: cheapest at ${at}, cost ${best.cost.toFixed(3)} a clip`;
  return new Figure(
    [
      {
        type: 'scatter',
        mode: 'lines',
        name: 'cost',
        showlegend: false,
        x: drawn.map((i) => mistakes.thresholds[i]),
        y: drawn.map((i) => all[i]),
        line: { color: palette[0], width: 2 },
        hovertemplate: 'from %{x:.3g} on: %{y:.3f}',
      },
    ],
    {
      title: { text: title },
      xaxis: { title: { text: 'a clip passes from this score on' } },
      yaxis: { title: { text: 'mean cost of a clip' } },
      shapes: Number.isFinite(best.threshold) ? [verticalLine(best.threshold)] : [],
    },
    title,
  );
}
