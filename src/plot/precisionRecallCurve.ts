import type { ScoreColumns } from '../analysis/columns.js';
import { type LabelledArguments, labelledScores } from '../analysis/labelledScores.js';
import { averagePrecision, precisionRecall } from '../analysis/precisionRecall.js';
import { Figure } from './figure.js';
import { thin } from './thin.js';
import { dottedLine, palette } from './traces.js';

/**
 * Precision-recall curve: the share of Pass among the clips above a threshold, over the share of all passing clips
 * that are above it; with the average precision in the title.
 * @throws {RangeError} for no or non-finite scores, another number of labels, or labels of one kind only
 */
export function precisionRecallCurve(table: ScoreColumns): Figure;
/** The same of two lists: scores, and labels, of which true is Pass. */
export function precisionRecallCurve(scores: readonly number[], labels: readonly boolean[]): Figure;
export function precisionRecallCurve(...given: LabelledArguments<never>): Figure {
  const { scores, labels } = labelledScores('precisionRecallCurve', given);
  const { precision, recall } = precisionRecall(scores, labels);
  const share = labels.reduce((count, label) => count + Number(label), 0) / labels.length;
  const title = `Precision and recall: average precision ${averagePrecision(scores, labels).value.toFixed(3)}`;
  const drawn = thin(recall.length);
  return new Figure(
    [
      {
        type: 'scatter',
        mode: 'lines',
        name: 'scores',
        x: drawn.map((i) => recall[i]),
        y: drawn.map((i) => precision[i]),
        line: { color: palette[0], width: 2 },
        hovertemplate: 'recall %{x:.1%}, precision %{y:.1%}',
      },
      dottedLine('chance', [share, share]),
    ],
    {
      title: { text: title },
      xaxis: { title: { text: 'recall: share of Pass found' }, range: [0, 1], tickformat: '.0%' },
      yaxis: { title: { text: 'precision' }, range: [0, 1], tickformat: '.0%' },
    },
    title,
  );
}
