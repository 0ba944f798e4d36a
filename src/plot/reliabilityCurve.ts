import { brier, expectedCalibrationError, reliability } from '../analysis/calibration.js';
import { Figure } from './figure.js';
import { dottedLine, palette } from './traces.js';

/**
 * Reliability curve: the share of Pass over the probability of Pass, in tenths of the clips, each with its 95%
 * interval; on the diagonal probabilities are what they say.
 * @param probabilities of Pass, 0 to 1; of scores, `plattScaling` makes them
 * @throws {RangeError} for no probabilities, one outside 0 to 1, another number of labels, or labels of one kind only
 */
export function reliabilityCurve(probabilities: readonly number[], labels: readonly boolean[]): Figure {
  const bins = reliability(probabilities, labels, { equal: 'count' });
  const title =
    `Calibration: expected error ${expectedCalibrationError(probabilities, labels).toFixed(3)}, ` +
    `Brier score ${brier(probabilities, labels).toFixed(3)}`;
  return new Figure(
    [
      {
        type: 'scatter',
        mode: 'markers',
        name: 'tenths of the clips',
        x: bins.map(({ predicted }) => predicted),
        y: bins.map(({ observed }) => observed.value),
        error_y: {
          type: 'data',
          symmetric: false,
          array: bins.map(({ observed }) => observed.high - observed.value),
          arrayminus: bins.map(({ observed }) => observed.value - observed.low),
        },
        marker: { color: palette[0], symbol: 'circle', size: 8 },
        hovertemplate: 'predicted %{x:.1%}, observed %{y:.1%}',
      },
      dottedLine('calibrated', [0, 1]),
    ],
    {
      title: { text: title },
      xaxis: { title: { text: 'predicted probability of Pass' }, range: [0, 1], tickformat: '.0%' },
      yaxis: { title: { text: 'share of Pass' }, range: [0, 1], tickformat: '.0%' },
    },
    title,
  );
}
