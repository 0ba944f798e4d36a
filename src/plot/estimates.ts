import type { Interval } from '../base/bootstrap.js';
import { extent } from '../base/extent.js';
import { Figure } from './figure.js';
import { palette, type Trace } from './traces.js';

/** One estimate of several that are compared. */
export interface NamedEstimate extends Interval {
  name: string;
  /** Single results behind it, such as those of the seeds; drawn as small dots. */
  results?: readonly number[];
}

/**
 * Estimates side by side, each with its interval, and its single results where there are some.
 * @param options `title`; `y`, what is estimated
 * @throws {RangeError} when there is none, or a value is not finite
 */
export function estimates(
  rows: readonly NamedEstimate[],
  { title, y }: { title: string; y: string },
): Figure {
  if (rows.length === 0) throw new RangeError('estimates: expected at least one estimate, received none');
  for (const { name, value } of rows) {
    if (!Number.isFinite(value)) {
      throw new RangeError(`estimates: "${name}": expected a finite value, received ${value}`);
    }
  }
  const places = rows.map((_, i) => i);
  const all = rows.flatMap(({ value, low, high, results = [] }) => [value, low, high, ...results]);
  const { lowest, highest } = extent(all);
  const space = (highest - lowest || 1) * 0.06;
  const data: Trace[] = [
    {
      type: 'scatter',
      mode: 'markers',
      name: 'single results',
      showlegend: false,
      x: rows.flatMap(({ results = [] }, i) => results.map(() => i + 0.12)),
      y: rows.flatMap(({ results = [] }) => [...results]),
      marker: { color: palette[1], opacity: 0.6, symbol: 'circle', size: 5 },
    },
    {
      type: 'scatter',
      mode: 'markers',
      name: y,
      showlegend: false,
      x: places,
      y: rows.map(({ value }) => value),
      error_y: {
        type: 'data',
        symmetric: false,
        array: rows.map(({ value, high }) => high - value),
        arrayminus: rows.map(({ value, low }) => value - low),
      },
      marker: { color: palette[0], symbol: 'circle', size: 9 },
    },
  ];
  return new Figure(
    data,
    {
      title: { text: title },
      xaxis: {
        range: [-0.6, rows.length - 0.4],
        tickvals: places,
        ticktext: rows.map(({ name }) => name),
      },
      yaxis: { title: { text: y }, range: [lowest - space, highest + space] },
    },
    `${title}: ${rows.map(({ name, value, low, high }) => `${name} ${value.toPrecision(3)} (${low.toPrecision(3)} to ${high.toPrecision(3)})`).join(', ')}`,
  );
}
