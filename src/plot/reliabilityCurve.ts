import { brier, expectedCalibrationError, reliability } from '../analysis/calibration.js';
import type { ScoreColumns } from '../analysis/columns.js';
import type { Numbers } from '../analysis/completeRows.js';
import { type LabelledArguments, type Labels, labelledScores } from '../analysis/labelledScores.js';
import { coloursOf, palette } from './colours.js';
import { Figure } from './figure.js';
import { checkOptions, type FigureOptions, type PlotOptions } from './options.js';
import { dottedLine, errorBars } from './traces.js';

/** A bin of a reliability curve: what is predicted, and what is observed with its 95% interval. */
export interface ReliabilityRow {
  predicted: number;
  observed: number;
  low: number;
  high: number;
  clips: number;
}

/** How a reliability curve is drawn. */
export type ReliabilityCurveOptions = FigureOptions & Pick<PlotOptions, 'colours'>;

/**
 * Reliability curve: the share of Pass over the probability of Pass, in tenths of the clips, each with its 95%
 * interval; on the diagonal probabilities are what they say. Rows without a probability or a label are left out and counted
 * below the title.
 * @param table a table with the columns `score`, which is the probability of Pass, 0 to 1, and `pass`; of scores, `plattScaling` and
 *   `logistic` make probabilities
 * @param options `colours` and those of every figure
 * @throws {RangeError} for no probabilities, one outside 0 to 1, another number of labels, labels of one kind only, or an option that
 *   is not as it should be
 */
export function reliabilityCurve(
  table: ScoreColumns,
  options?: ReliabilityCurveOptions,
): Figure<ReliabilityRow>;
/** The same of two lists: probabilities of Pass, and labels, of which true is Pass. */
export function reliabilityCurve(
  probabilities: Numbers,
  labels: Labels,
  options?: ReliabilityCurveOptions,
): Figure<ReliabilityRow>;
export function reliabilityCurve(
  ...given: LabelledArguments<ReliabilityCurveOptions>
): Figure<ReliabilityRow> {
  const { scores, labels: verdicts, options = {}, note } = labelledScores('reliabilityCurve', given);
  checkOptions('reliabilityCurve', options, ['colours']);
  const bins = reliability(scores, verdicts, { equal: 'count' });
  const title =
    `Calibration: expected error ${expectedCalibrationError(scores, verdicts).toFixed(3)}, ` +
    `Brier score ${brier(scores, verdicts).toFixed(3)}`;
  const color = options.colours ? coloursOf('reliabilityCurve', ['scores'], options.colours)[0] : palette[0];
  return new Figure(
    {
      operation: 'reliabilityCurve',
      traces: [
        {
          type: 'scatter',
          mode: 'markers',
          name: 'tenths of the clips',
          x: bins.map(({ predicted }) => predicted),
          y: bins.map(({ observed }) => observed.value),
          error_y: errorBars(bins.map(({ observed }) => observed)),
          marker: { color, symbol: 'circle', size: 8 },
          hovertemplate: 'predicted %{x:.1%}, observed %{y:.1%}',
        },
        dottedLine('calibrated', [0, 1]),
      ],
      layout: {
        title: { text: title },
        xaxis: {
          title: { text: options.labels?.x ?? 'predicted probability of Pass' },
          range: [0, 1],
          tickformat: '.0%',
        },
        yaxis: { title: { text: options.labels?.y ?? 'share of Pass' }, range: [0, 1], tickformat: '.0%' },
      },
      summary: title,
      note,
      rows: () =>
        bins.map(({ predicted, observed: { value, low, high }, clips }) => ({
          predicted,
          observed: value,
          low,
          high,
          clips,
        })),
    },
    options,
  );
}
