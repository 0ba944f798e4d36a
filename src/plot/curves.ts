import { extent } from '../base/extent.js';
import { Figure } from './figure.js';
import { palette, type Trace } from './traces.js';

/** A named curve; `low` and `high` are the ends of the interval of each of its values. */
export interface Curve {
  name: string;
  x: readonly number[];
  y: readonly number[];
  low?: readonly number[];
  high?: readonly number[];
}

/**
 * Curves over one axis, in colours of their own, with an interval at each point of those that have one.
 * @param options `title`; `x` and `y`, what the axes show
 * @throws {RangeError} when there is no curve, or lists of a curve differ in length
 */
export function curves(
  series: readonly Curve[],
  { title, x: across, y: up }: { title: string; x: string; y: string },
): Figure {
  if (series.length === 0) throw new RangeError('curves: expected at least one curve, received none');
  const data = series.flatMap(({ name, x, y, low, high }, i): Trace[] => {
    for (const [list, values] of Object.entries({ y, low, high })) {
      if (values && values.length !== x.length) {
        throw new RangeError(
          `curves: "${name}": expected ${x.length} values of ${list}, one for each x, received ${values.length}`,
        );
      }
    }
    const color = palette[i % palette.length];
    const points = { type: 'scatter' as const, name, legendgroup: name, x: [...x], y: [...y] };
    const line: Trace = { ...points, mode: 'lines', line: { color, width: 2 } };
    if (!low || !high) return [line];
    return [
      line,
      {
        ...points,
        mode: 'markers',
        showlegend: false,
        error_y: {
          type: 'data',
          symmetric: false,
          array: y.map((value, point) => high[point] - value),
          arrayminus: y.map((value, point) => value - low[point]),
        },
        marker: { color, symbol: 'circle', size: 5 },
      },
    ];
  });
  const reached = series
    .flatMap(({ y, low = [], high = [] }) => [...y, ...low, ...high])
    .filter(Number.isFinite);
  const { lowest, highest } = extent(reached);
  const space = (highest - lowest || 1) * 0.04;
  return new Figure(
    data,
    {
      title: { text: title },
      xaxis: { title: { text: across } },
      yaxis: { title: { text: up }, range: [lowest - space, highest + space] },
    },
    `${title}: ${series.map(({ name, y }) => `${name} ${y.at(-1)?.toPrecision(3)}`).join(', ')} at the end`,
  );
}
