import type { Interval } from '../base/bootstrap.js';
import { extent } from '../base/extent.js';
import { coloursOf, palette } from './colours.js';
import { Figure } from './figure.js';
import { checkOptions, type FigureOptions, type PlotOptions } from './options.js';
import { looks } from './theme.js';
import { type Axis, errorBars, type Layout, type LineShape, type Trace, verticalLine } from './traces.js';

/** One estimate of several that are compared. */
export interface NamedEstimate extends Interval {
  /** Name of the estimate. */
  name: string;
  /** Single results behind it, such as those of the seeds; drawn as small dots. */
  results?: readonly number[];
}

/** More names than this are rows, where there is room for them. */
const mostBeside = 6;

/** How estimates are drawn; `y` names their axis, and at `nothing`, the value that says nothing, there is a line. */
export type EstimateOptions = FigureOptions & Pick<PlotOptions, 'colours'> & { y?: string; nothing?: number };

/**
 * Estimates side by side, each with its interval, and its single results where there are some; more than six in rows.
 * @param options `title`; `y`, what is estimated; `nothing`, the value that says nothing, at which a line is drawn; `colours`, and those
 *   of every figure
 * @throws {RangeError} when there is none, a value is not finite, or an option is not as it should be
 */
export function estimates(
  rows: readonly NamedEstimate[],
  options: EstimateOptions,
): Figure<{ name: string } & Interval> {
  return drawEstimates(rows, options);
}

/** `estimates`, with a note of what they leave out. */
export function drawEstimates(
  rows: readonly NamedEstimate[],
  options: EstimateOptions,
  note?: string,
): Figure<{ name: string } & Interval> {
  const { y: estimated = '', nothing, ...shown } = options;
  checkOptions('estimates', shown, ['colours']);
  if (rows.length === 0) throw new RangeError('estimates: expected at least one estimate, received none');
  for (const { name, value } of rows) {
    if (!Number.isFinite(value)) {
      throw new RangeError(`estimates: "${name}": expected a finite value, received ${value}`);
    }
  }
  const { labels = {}, theme = 'notebook', title = '' } = options;
  const names = rows.map(({ name }) => name);
  const colours = options.colours
    ? coloursOf('estimates', names, options.colours)
    : names.map(() => palette[0]);
  const inRows = rows.length > mostBeside;
  const placeOf = (i: number) => (inRows ? rows.length - 1 - i : i);
  const axis: Axis = {
    range: [-0.6, rows.length - 0.4],
    tickvals: rows.map((_, i) => placeOf(i)),
    ticktext: names.map((name) => labels.groups?.[name] ?? name),
  };
  const all = rows
    .flatMap(({ value, low, high, results = [] }) => [value, low, high, ...results])
    .filter(Number.isFinite);
  const { lowest, highest } = extent(nothing === undefined ? all : [...all, nothing]);
  const space = (highest - lowest || 1) * 0.06;
  const values: Axis = {
    title: { text: labels.y ?? estimated },
    range: [lowest - space, highest + space],
  };
  const [first, ...others] = rows.map((_, i) => colours[i]);
  const groups = others.every((colour) => colour === first)
    ? [rows.map((_, i) => i)]
    : rows.map((_, i) => [i]);
  const at = (places: number[], numbers: number[]) =>
    inRows ? { x: numbers, y: places } : { x: places, y: numbers };
  const single: Trace = {
    type: 'scatter',
    mode: 'markers',
    name: 'single results',
    showlegend: false,
    ...at(
      rows.flatMap(({ results = [] }, i) => results.map(() => placeOf(i) + 0.12)),
      rows.flatMap(({ results = [] }) => [...results]),
    ),
    marker: { color: palette[1], opacity: 0.6, symbol: 'circle', size: 5 },
  };
  const dots = groups.map((members): Trace => {
    const chosen = members.map((i) => rows[i]);
    const color = colours[members[0]];
    return {
      type: 'scatter',
      mode: 'markers',
      name: estimated,
      showlegend: false,
      ...at(
        members.map(placeOf),
        chosen.map(({ value }) => value),
      ),
      [inRows ? 'error_x' : 'error_y']: errorBars(chosen, { color }),
      marker: { color, symbol: 'circle', size: 9 },
    };
  });
  const shapes = nothing === undefined ? [] : [inRows ? verticalLine(nothing) : horizontalLine(nothing)];
  const { text, title: large } = looks[theme];
  const layout: Layout = {
    title: { text: title },
    ...(inRows ? { xaxis: values, yaxis: { ...axis, showgrid: false } } : { xaxis: axis, yaxis: values }),
    ...(inRows && { height: large * 4 + text * (5 + 2 * rows.length) }),
    shapes,
  };
  const words = rows
    .map(({ name, value, low, high }) => `${name} ${short(value)} (${short(low)} to ${short(high)})`)
    .join(', ');
  return new Figure(
    {
      operation: 'estimates',
      traces: [single, ...dots],
      layout,
      summary: `${title}: ${words}`,
      note,
      rows: () => rows.map(({ name, value, low, high }) => ({ name, value, low, high })),
    },
    shown,
  );
}

const short = (value: number): string => value.toPrecision(3);

/** A dotted horizontal line at `y` over the whole width of the panel. */
function horizontalLine(y: number): LineShape {
  return { ...verticalLine(y), x0: 0, x1: 1, y0: y, y1: y, xref: 'x domain', yref: 'y' };
}
