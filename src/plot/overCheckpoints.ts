import { isList, type ScoreColumns } from '../analysis/columns.js';
import type { Numbers } from '../analysis/completeRows.js';
import { checkpointsOf, steppedScores } from '../analysis/overCheckpoints.js';
import { coloursOf } from './colours.js';
import { drawDistribution } from './distribution.js';
import { Figure } from './figure.js';
import { checkOptions, type FigureOptions, type PlotOptions } from './options.js';
import { thin } from './thin.js';
import { errorBars, type Layout, type Trace, verticalLine } from './traces.js';
import { short, withInterval } from './words.js';

/** More steps than this are drawn evenly. */
const mostSteps = 30;

/** The scores of a checkpoint, in numbers. */
export interface DrawnCheckpoint {
  step: number;
  clips: number;
  mean: number;
  meanLow: number;
  meanHigh: number;
  deviation: number;
  auc?: number;
  aucLow?: number;
  aucHigh?: number;
}

/** How checkpoints are drawn. */
export type CheckpointOptions = FigureOptions & Pick<PlotOptions, 'colours' | 'intervals'>;

/**
 * How scores spread over training: a ridge for each checkpoint, the first step above, and beside it its AUC with its 95% interval
 * where there are labels. Rows without a score or a step are left out and counted below the title. The numbers are `sr.analysis.overCheckpoints`'s.
 * @param table a table with the columns `score`, `step` and, for the AUC, `pass`
 * @param options `intervals`: the mean of each step with its interval; `colours`, default from dark to light; and those of every figure
 * @throws {RangeError} for no score or step, one that is not finite, or an option that is not as it should be
 */
export function overCheckpoints(table: ScoreColumns, options?: CheckpointOptions): Figure<DrawnCheckpoint>;
/** The same of two lists: scores, and the step of each. */
export function overCheckpoints(
  scores: Numbers,
  steps: Numbers,
  options?: CheckpointOptions,
): Figure<DrawnCheckpoint>;
export function overCheckpoints(
  first: ScoreColumns | Numbers,
  second: Numbers | CheckpointOptions = {},
  third: CheckpointOptions = {},
): Figure<DrawnCheckpoint> {
  const options = isList(second) ? third : (second as CheckpointOptions);
  checkOptions('overCheckpoints', options, ['colours', 'intervals']);
  const columns = steppedScores('overCheckpoints', first, isList(second) ? (second as Numbers) : undefined);
  const all = checkpointsOf(columns);
  const rows = thin(all.length, mostSteps).map((i) => all[i]);
  const groups = new Map(rows.map(({ step }) => [`step ${step}`, [] as number[]]));
  columns.scores.forEach((score, i) => {
    groups.get(`step ${columns.steps[i]}`)?.push(score);
  });
  const colors = coloursOf('overCheckpoints', [...groups.keys()], options.colours ?? 'viridis');
  const { traces, layout } = drawDistribution(
    'overCheckpoints',
    new Map([['', groups]]),
    { title: '', axis: 'score' },
    { ...options, kind: 'ridge', colours: colors },
  );
  const [start, end] = [rows[0], rows[rows.length - 1]];
  const drawn = rows.length < all.length ? ` (${rows.length} of ${all.length} steps drawn)` : '';
  const title = `Scores from step ${start.step} to ${end.step}${drawn}: mean ${short(start.mean.value)} to ${short(end.mean.value)}`;
  const judged = rows.some(({ auc }) => auc);
  return new Figure(
    {
      operation: 'overCheckpoints',
      traces: judged ? [...traces, ...areas(rows, colors)] : traces,
      layout: { ...layout, title: { text: title }, ...(judged && beside(layout)) },
      summary: `${title}. ${rows.map(({ step, mean, auc }) => `step ${step}: mean ${withInterval(mean)}${auc ? `, AUC ${withInterval(auc)}` : ''}`).join('; ')}`,
      note: columns.note,
      rows: () =>
        all.map(({ step, clips, mean, deviation, auc }) => ({
          step,
          clips,
          mean: mean.value,
          meanLow: mean.low,
          meanHigh: mean.high,
          deviation,
          ...(auc && { auc: auc.value, aucLow: auc.low, aucHigh: auc.high }),
        })),
    },
    options,
  );
}

/** The AUC of each step, in its row. */
const areas = (rows: ReturnType<typeof checkpointsOf>, colors: readonly string[]): Trace[] =>
  rows.flatMap(({ step, auc }, i): Trace[] =>
    auc
      ? [
          {
            type: 'scatter',
            mode: 'markers',
            name: `step ${step}`,
            showlegend: false,
            x: [auc.value],
            y: [rows.length - 1 - i],
            xaxis: 'x2',
            yaxis: 'y2',
            error_x: errorBars([auc], { color: colors[i], thickness: 2, width: 0 }),
            marker: { color: colors[i], symbol: 'circle', size: 7 },
            hovertemplate: `AUC ${withInterval(auc)}`,
          },
        ]
      : [],
  );

/** The axes of the ridges, and those of the AUC right of them. */
function beside({ xaxis, yaxis }: Layout): Partial<Layout> {
  return {
    xaxis: { ...xaxis, domain: [0, 0.68] },
    xaxis2: { title: { text: 'AUC' }, domain: [0.74, 1], anchor: 'y2' },
    yaxis2: { ...yaxis, anchor: 'x2', showticklabels: false },
    shapes: [verticalLine(0.5, '2')],
  };
}
