import { type Costs, chooseThreshold, thresholds } from '../analysis/chooseThreshold.js';
import { Figure } from './figure.js';
import { thin } from './thin.js';
import { palette, verticalLine } from './traces.js';

/**
 * Mean cost of a clip over the threshold from which on clips pass, with a line at the cheapest threshold.
 * @throws {RangeError} for no or non-finite scores, another number of labels, labels of one kind only, or a cost that
 *   is no number above 0
 */
export function thresholdCosts(
  scores: readonly number[],
  labels: readonly boolean[],
  costs: Costs = {},
): Figure {
  const best = chooseThreshold(scores, labels, costs);
  // The first threshold is infinity, which has no place on the axis.
  const [, ...finite] = thresholds(scores, labels, costs);
  const drawn = thin(finite.length).map((i) => finite[i]);
  const at = Number.isFinite(best.threshold) ? best.threshold.toPrecision(3) : 'nothing passes';
  const title = `Threshold: cheapest at ${at}, cost ${best.cost.toFixed(3)} a clip`;
  return new Figure(
    [
      {
        type: 'scatter',
        mode: 'lines',
        name: 'cost',
        showlegend: false,
        x: drawn.map(({ threshold }) => threshold),
        y: drawn.map(({ cost }) => cost),
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
