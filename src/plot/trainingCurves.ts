import { coloursOf, faded, palette } from './colours.js';
import { Figure } from './figure.js';
import { checkOptions, type FigureOptions, type PlotOptions } from './options.js';
import type { Layout, Trace } from './traces.js';

/** Figures of one training step; accuracies are shares of pairs in the right order, 0 to 1. */
export interface TrainingPoint {
  step: number;
  loss: number;
  accuracy?: number;
  evalAccuracy?: number;
}

/** Points that are averaged into one of the smooth loss curve, as a share of all. */
const smoothing = 1 / 25;

/**
 * Loss over steps (each step, and a running mean), and under it the accuracy on the training pairs of a step
 * (running mean) and on held-out pairs.
 * @param history at least one point, by rising step
 * @param options `colours` of loss, training accuracy and held-out accuracy, and those of every figure
 * @throws {RangeError} for no point, or an option that is not as it should be
 */
export function trainingCurves(
  history: readonly TrainingPoint[],
  options: FigureOptions & Pick<PlotOptions, 'colours'> = {},
): Figure<TrainingPoint> {
  checkOptions('trainingCurves', options, ['colours']);
  if (history.length === 0)
    throw new RangeError('trainingCurves: expected at least one point, received none');
  const names = ['loss', 'training accuracy', 'held-out accuracy'];
  const [lossColor, trainColor, evalColor] = options.colours
    ? coloursOf('trainingCurves', names, options.colours)
    : palette;
  const window = Math.max(1, Math.round(history.length * smoothing));
  const curve = (
    name: string,
    points: { x: number; y: number }[],
    color: string,
    yaxis: 'y' | 'y2',
  ): Trace => ({
    type: 'scatter',
    mode: 'lines',
    name,
    x: points.map(({ x }) => x),
    y: points.map(({ y }) => y),
    line: { color, width: 2 },
    yaxis,
  });
  const series = (figure: 'loss' | 'accuracy' | 'evalAccuracy') =>
    history.flatMap(({ step, [figure]: y }) => (y === undefined ? [] : { x: step, y }));

  const losses = series('loss');
  const accuracies = series('accuracy');
  const held = series('evalAccuracy');
  const data: Trace[] = [
    {
      type: 'scatter',
      mode: 'lines',
      name: 'loss of each step',
      x: losses.map(({ x }) => x),
      y: losses.map(({ y }) => y),
      line: { color: faded(lossColor, 0.35), width: 1 },
      showlegend: false,
      hoverinfo: 'skip',
    },
    curve('loss', runningMean(losses, window), lossColor, 'y'),
  ];
  if (accuracies.length > 0)
    data.push(curve('training accuracy', runningMean(accuracies, window), trainColor, 'y2'));
  if (held.length > 0) data.push(curve('held-out accuracy', held, evalColor, 'y2'));

  const last = history[history.length - 1];
  const lastHeld = held.at(-1);
  const facts = [`step ${last.step}`, `loss ${last.loss.toPrecision(3)}`];
  if (lastHeld) facts.push(`held-out accuracy ${lastHeld.y.toFixed(3)}`);
  const title = `Training: ${facts.join(', ')}`;
  const layout: Layout = {
    title: { text: title },
    xaxis: { title: { text: options.labels?.x ?? 'step' } },
    yaxis: { title: { text: options.labels?.y ?? 'loss' } },
  };
  if (data.some(({ yaxis }) => yaxis === 'y2')) {
    layout.yaxis.domain = [0.48, 1];
    layout.yaxis2 = { title: { text: 'accuracy' }, domain: [0, 0.36], range: [0, 1], tickformat: '.0%' };
  }
  const rows = () =>
    history.map(({ step, loss, accuracy, evalAccuracy }) => ({ step, loss, accuracy, evalAccuracy }));
  return new Figure({ operation: 'trainingCurves', traces: data, layout, rows, summary: title }, options);
}

/** Mean of each value and up to `window` - 1 before it. */
function runningMean(points: { x: number; y: number }[], window: number): { x: number; y: number }[] {
  let sum = 0;
  return points.map(({ x, y }, i) => {
    sum += y - (i >= window ? points[i - window].y : 0);
    return { x, y: sum / Math.min(i + 1, window) };
  });
}
