import { auc } from '../analysis/auc.js';
import type { ScoreColumns } from '../analysis/columns.js';
import { type LabelledArguments, labelledScores } from '../analysis/labelledScores.js';
import { rocCurve } from '../analysis/rocCurve.js';
import { checkLabelled } from '../analysis/validate.js';
import { Figure } from './figure.js';
import { thin } from './thin.js';
import { dottedLine, palette } from './traces.js';

/**
 * ROC curve: share of the passing clips above a threshold over the share of the failing ones, for every threshold,
 * with the area under it (AUC) in the title.
 * @param table a table with the columns `score` and `pass`
 * @throws {RangeError} for no or non-finite scores, another number of labels, or labels of one kind only
 */
export function roc(table: ScoreColumns): Figure;
/** The same of two lists: scores, and labels, of which true is Pass. */
export function roc(scores: readonly number[], labels: readonly boolean[]): Figure;
export function roc(...given: LabelledArguments<never>): Figure {
  const { scores, labels } = labelledScores('roc', given);
  checkLabelled('roc', scores, labels);
  const { falsePositiveRate, truePositiveRate } = rocCurve(scores, labels);
  const drawn = thin(truePositiveRate.length);
  const title = `ROC: AUC ${auc(scores, labels).toFixed(3)}`;
  return new Figure(
    [
      {
        type: 'scatter',
        mode: 'lines',
        name: 'scores',
        x: drawn.map((i) => falsePositiveRate[i]),
        y: drawn.map((i) => truePositiveRate[i]),
        line: { color: palette[0], width: 2 },
        hovertemplate: 'Fail %{x:.1%}, Pass %{y:.1%}',
      },
      dottedLine('chance', [0, 1]),
    ],
    {
      title: { text: title },
      xaxis: { title: { text: 'share of Fail above the threshold' }, range: [0, 1], tickformat: '.0%' },
      yaxis: { title: { text: 'share of Pass above the threshold' }, range: [0, 1], tickformat: '.0%' },
    },
    title,
  );
}
