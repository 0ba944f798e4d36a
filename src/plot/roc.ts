import { auc } from '../analysis/auc.js';
import { rocCurve } from '../analysis/rocCurve.js';
import { checkLabelled } from '../analysis/validate.js';
import { Figure } from './figure.js';
import { thin } from './thin.js';
import { dottedLine, palette } from './traces.js';

/**
 * ROC curve: share of the passing clips above a threshold over the share of the failing ones, for every threshold,
 * with the area under it (AUC) in the title.
 * @param labels true for Pass; as many as scores, and both kinds
 * @throws {RangeError} for no or non-finite scores, another number of labels, or labels of one kind only
 */
export function roc(scores: readonly number[], labels: readonly boolean[]): Figure {
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
