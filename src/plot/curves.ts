import { extent } from '../base/extent.js';
import { coloursOf, faded } from './colours.js';
import { manyGroups } from './distribution.js';
import { Figure } from './figure.js';
import { checkOptions, type FigureOptions, type PlotOptions } from './options.js';
import { gridLayout, panelGrid } from './panelGrid.js';
import { looks } from './theme.js';
import { errorBars, ink, type Layout, type Trace } from './traces.js';

/** A named curve; `low` and `high` are the ends of the interval of each of its values. */
export interface Curve {
  /** Name of the curve. */
  name: string;
  /** Places of its values. */
  x: readonly number[];
  /** Its values. */
  y: readonly number[];
  /** Lower ends of the intervals. */
  low?: readonly number[];
  /** Upper ends of the intervals. */
  high?: readonly number[];
}

/** A point of a curve. */
export interface CurveRow {
  curve: string;
  x: number;
  y: number;
  low?: number;
  high?: number;
}

/**
 * Curves over one axis, in colours of their own, with an interval at each point of those that have one. Five and more have a
 * panel each, the others behind them in grey.
 * @param options `title`; `x` and `y`, what the axes show; `colours` and those of every figure
 * @throws {RangeError} when there is no curve, lists of a curve differ in length, or an option is not as it should be
 */
export function curves(
  series: readonly Curve[],
  options: FigureOptions & Pick<PlotOptions, 'colours'> & { x?: string; y?: string },
): Figure<CurveRow> {
  const { x: across = 'x', y: up = 'y', ...shown } = options;
  checkOptions('curves', shown, ['colours']);
  if (series.length === 0) throw new RangeError('curves: expected at least one curve, received none');
  for (const curve of series) checkCurve(curve);
  const { labels = {}, theme = 'notebook', title = '' } = options;
  const colours = coloursOf(
    'curves',
    series.map(({ name }) => name),
    options.colours,
  );
  const nameOf = (name: string) => labels.groups?.[name] ?? name;
  const reached = series
    .flatMap(({ y, low = [], high = [] }) => [...y, ...low, ...high])
    .filter(Number.isFinite);
  const { lowest, highest } = extent(reached);
  const space = (highest - lowest || 1) * 0.04;
  const single: Layout = {
    title: { text: title },
    xaxis: { title: { text: labels.x ?? across } },
    yaxis: { title: { text: labels.y ?? up }, range: [lowest - space, highest + space] },
  };
  const own = series.map((curve, i) => tracesOf(curve, nameOf(curve.name), colours[i]));
  let [traces, layout] = [own.flat(), single];
  if (series.length >= manyGroups) {
    const grid = panelGrid(
      series.map(({ name }) => nameOf(name)),
      looks[theme],
    );
    layout = { ...gridLayout(single, grid), showlegend: false };
    traces = grid.panels.flatMap(({ x: xaxis, y: yaxis }, panel) => [
      ...own.flatMap(([line], i) => (i === panel ? [] : [{ ...line, xaxis, yaxis, ...behind }])),
      ...own[panel].map((trace) => ({ ...trace, xaxis, yaxis })),
    ]);
  }
  const ends = series.map(({ name, y }) => `${nameOf(name)} ${y.at(-1)?.toPrecision(3)}`).join(', ');
  const rows = () =>
    series.flatMap(({ name, x, y, low, high }) =>
      x.map(
        (place, i): CurveRow => ({
          curve: name,
          x: place,
          y: y[i],
          ...(low && high && { low: low[i], high: high[i] }),
        }),
      ),
    );
  return new Figure(
    { operation: 'curves', traces, layout, rows, summary: `${title}: ${ends} at the end` },
    shown,
  );
}

const behind = { line: { color: faded(ink, 0.35), width: 1 }, showlegend: false, hoverinfo: 'skip' as const };

function checkCurve({ name, x, y, low, high }: Curve): void {
  for (const [list, values] of Object.entries({ y, low, high })) {
    if (values && values.length !== x.length) {
      throw new RangeError(
        `curves: "${name}": expected ${x.length} values of ${list}, one for each x, received ${values.length}`,
      );
    }
  }
}

function tracesOf({ name: group, x, y, low, high }: Curve, name: string, color: string): Trace[] {
  const points = { type: 'scatter' as const, name, legendgroup: group, x: [...x], y: [...y] };
  const line: Trace = { ...points, mode: 'lines', line: { color, width: 2 } };
  if (!low || !high) return [line];
  const intervals = y.map((value, i) => ({ value, low: low[i], high: high[i] }));
  return [
    line,
    {
      ...points,
      mode: 'markers',
      showlegend: false,
      error_y: errorBars(intervals, { color }),
      marker: { color, symbol: 'circle', size: 5 },
    },
  ];
}
