import { auc } from '../analysis/auc.js';
import type { ScoreColumns } from '../analysis/columns.js';
import type { Numbers } from '../analysis/completeRows.js';
import { areaOf } from '../analysis/delong.js';
import { type LabelledArguments, type Labels, labelledScores } from '../analysis/labelledScores.js';
import { rocCurve } from '../analysis/rocCurve.js';
import { checkLabelled } from '../analysis/validate.js';
import { Figure } from './figure.js';
import { type LabelledCurve, labelledCurves } from './labelledCurves.js';
import { checkOptions, type FigureOptions, type PlotOptions } from './options.js';
import { dottedLine } from './traces.js';

/** A point of a ROC curve. */
export interface RocRow {
  group: string;
  /** Shares of the failing and of the passing clips from the threshold on. */
  falsePositiveRate: number;
  truePositiveRate: number;
}

/** How an ROC curve is drawn. */
export type RocOptions = FigureOptions & Pick<PlotOptions, 'by' | 'colours'>;

/**
 * ROC curve: share of the passing clips above a threshold over the share of the failing ones, for every threshold,
 * with the area under it (AUC) in the title; with `by` a curve for each group, its AUC and 95% interval in the legend. Rows without a score or a label
 * are left out and counted below the title.
 * @param table a table with the columns `score` and `pass`
 * @param options `by`: the column that says the group of a row; `colours` and those of every figure
 * @throws {RangeError} for no score, one that is not finite, another number of labels, labels of one kind only, or an option that is not as
 *   it should be
 */
export function roc(table: ScoreColumns, options?: RocOptions): Figure<RocRow>;
/** The same of two lists: scores, and labels, of which true is Pass. */
export function roc(scores: Numbers, labels: Labels, options?: Omit<RocOptions, 'by'>): Figure<RocRow>;
export function roc(...given: LabelledArguments<RocOptions>): Figure<RocRow> {
  const { scores, labels, options = {}, column, note } = labelledScores('roc', given);
  checkOptions('roc', options, ['by', 'colours']);
  checkLabelled('roc', scores, labels);
  const { by } = options;
  const curve = (own: readonly number[], verdicts: readonly boolean[]): LabelledCurve => {
    const { falsePositiveRate: x, truePositiveRate: y } = rocCurve(own, verdicts);
    const { value, low, high } = areaOf(own, verdicts);
    return { x, y, words: `AUC ${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})` };
  };
  const { traces, drawn } = labelledCurves(
    'roc',
    { scores, labels, groups: by ? column(by) : undefined },
    curve,
    options,
  );
  const title = by ? `ROC by ${by}` : `ROC: AUC ${auc(scores, labels).toFixed(3)}`;
  return new Figure(
    {
      operation: 'roc',
      traces: [
        ...traces.map((trace) => ({ ...trace, hovertemplate: 'Fail %{x:.1%}, Pass %{y:.1%}' })),
        dottedLine('chance', [0, 1]),
      ],
      layout: {
        title: { text: title },
        xaxis: {
          title: { text: options.labels?.x ?? 'share of Fail above the threshold' },
          range: [0, 1],
          tickformat: '.0%',
        },
        yaxis: {
          title: { text: options.labels?.y ?? 'share of Pass above the threshold' },
          range: [0, 1],
          tickformat: '.0%',
        },
      },
      summary: by ? `${title}: ${drawn.map(({ group, words }) => `${group} ${words}`).join('; ')}` : title,
      note,
      rows: () =>
        drawn.flatMap(({ group, x, y }) =>
          x.map((rate, i) => ({ group, falsePositiveRate: rate, truePositiveRate: y[i] })),
        ),
    },
    options,
  );
}
