import type { ScoreColumns } from '../analysis/columns.js';
import type { Numbers } from '../analysis/completeRows.js';
import { type LabelledArguments, type Labels, labelledScores } from '../analysis/labelledScores.js';
import { averagePrecision, precisionRecall } from '../analysis/precisionRecall.js';
import { Figure } from './figure.js';
import { type LabelledCurve, labelledCurves } from './labelledCurves.js';
import { checkOptions, type FigureOptions, type PlotOptions } from './options.js';
import { dottedLine } from './traces.js';

/** A point of a precision-recall curve. */
export interface PrecisionRow {
  group: string;
  recall: number;
  precision: number;
}

/** How a precision-recall curve is drawn. */
export type PrecisionOptions = FigureOptions & Pick<PlotOptions, 'by' | 'colours'>;

/**
 * Precision-recall curve: the share of Pass among the clips above a threshold, over the share of all passing clips
 * that are above it; with the average precision in the title; with `by` a curve for each group. Rows
 * without a score or a label are left out and counted below the title.
 * @param table a table with the columns `score` and `pass`
 * @param options `by`: the column that says the group of a row; `colours` and those of every figure
 * @throws {RangeError} for no score, one that is not finite, another number of labels, labels of one kind only, or an option that is not as
 *   it should be
 */
export function precisionRecallCurve(table: ScoreColumns, options?: PrecisionOptions): Figure<PrecisionRow>;
/** The same of two lists: scores, and labels, of which true is Pass. */
export function precisionRecallCurve(
  scores: Numbers,
  labels: Labels,
  options?: Omit<PrecisionOptions, 'by'>,
): Figure<PrecisionRow>;
export function precisionRecallCurve(...given: LabelledArguments<PrecisionOptions>): Figure<PrecisionRow> {
  const operation = 'precisionRecallCurve';
  const { scores, labels, options = {}, column, note } = labelledScores(operation, given);
  checkOptions(operation, options, ['by', 'colours']);
  const { by } = options;
  const average = averagePrecision(scores, labels);
  const curve = (own: readonly number[], verdicts: readonly boolean[]): LabelledCurve => {
    const { precision: y, recall: x } = precisionRecall(own, verdicts);
    return { x, y, words: `average precision ${averagePrecision(own, verdicts).value.toFixed(3)}` };
  };
  const groups = by ? column(by) : undefined;
  const { traces, drawn } = labelledCurves(operation, { scores, labels, groups }, curve, options);
  const share = labels.reduce((count, label) => count + Number(label), 0) / labels.length;
  const title = by
    ? `Precision and recall by ${by}`
    : `Precision and recall: average precision ${average.value.toFixed(3)}`;
  return new Figure(
    {
      operation,
      traces: [
        ...traces.map((trace) => ({ ...trace, hovertemplate: 'recall %{x:.1%}, precision %{y:.1%}' })),
        dottedLine('chance', [share, share]),
      ],
      layout: {
        title: { text: title },
        xaxis: {
          title: { text: options.labels?.x ?? 'recall: share of Pass found' },
          range: [0, 1],
          tickformat: '.0%',
        },
        yaxis: { title: { text: options.labels?.y ?? 'precision' }, range: [0, 1], tickformat: '.0%' },
      },
      summary: by ? `${title}: ${drawn.map(({ group, words }) => `${group} ${words}`).join('; ')}` : title,
      note,
      rows: () =>
        drawn.flatMap(({ group, x, y }) => x.map((recall, i) => ({ group, recall, precision: y[i] }))),
    },
    options,
  );
}
