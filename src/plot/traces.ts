/** The part of plotly's figure format that this project draws with; `staticSvg` draws exactly this. */

/** Any trace of plotly. */
export interface PlotlyTrace {
  type?: string;
  name?: string;
}

/** Bars, lines, marks of single values, or areas; `x` and `y` are of the same length. */
export type Trace = BarTrace | ScatterTrace;

interface TraceBase extends PlotlyTrace {
  x: number[];
  y: number[];
  name: string;
  showlegend?: boolean;
  /** Traces of one group are shown and hidden together. */
  legendgroup?: string;
  /** The panel, by its axes; `x` and `y` if they are not given. */
  xaxis?: AxisId<'x'>;
  yaxis?: AxisId<'y'>;
  hovertemplate?: string;
  hoverinfo?: 'skip' | 'text' | 'name';
}

/** `x`, `x2`, `x3` ... */
export type AxisId<Letter extends string> = Letter | `${Letter}${number}`;

/** Bars from 0 to `y`, `width` wide and centred on `x`. */
export interface BarTrace extends TraceBase {
  type: 'bar';
  width: number;
  marker: { color: string; opacity: number };
  error_y?: ErrorBars;
}

/**
 * A line through the points, or at each a tick (`symbol: 'line-ns-open'`) or a dot, which may have an interval; with
 * `fill` the area that the line goes around.
 */
export interface ScatterTrace extends TraceBase {
  type: 'scatter';
  mode: 'lines' | 'markers' | 'none';
  line?: { color: string; width?: number; dash?: 'solid' | 'dash' | 'dot'; shape?: 'linear' | 'hv' };
  marker?: { color: string; opacity?: number; symbol: 'line-ns-open' | 'circle'; size: number };
  fill?: 'toself';
  fillcolor?: string;
  hoveron?: 'points';
  /** How far the interval of each point reaches beyond it, up and down, or right and left. */
  error_y?: ErrorBars;
  error_x?: ErrorBars;
}

/** Distances from a value to the ends of its interval. */
export interface ErrorBars {
  type: 'data';
  symmetric: false;
  array: number[];
  arrayminus: number[];
  color?: string;
  thickness?: number;
  width?: number;
}

/** The distances from values to the ends of their intervals. */
export function errorBars(
  intervals: readonly { value: number; low: number; high: number }[],
  style: Pick<ErrorBars, 'color' | 'thickness' | 'width'> = {},
): ErrorBars {
  return {
    type: 'data',
    symmetric: false,
    array: intervals.map(({ value, high }) => high - value),
    arrayminus: intervals.map(({ value, low }) => value - low),
    ...style,
  };
}

/** An axis; it covers `domain` (0 to 1, from the left or from below) of the figure. */
export interface Axis {
  title?: { text: string };
  /** Of a logarithmic axis: the exponents of 10. */
  range?: [number, number];
  domain?: [number, number];
  type?: 'linear' | 'log' | 'category' | 'date' | '-';
  /** d3-format of the ticks, for example ".0%". */
  tickformat?: string;
  /** Places of the ticks, and what is written there, in place of numbers. */
  tickvals?: number[];
  ticktext?: string[];
  showticklabels?: boolean;
  showgrid?: boolean;
  visible?: boolean;
  /** The other axis at which it stands, or "free". */
  anchor?: string;
  [attribute: string]: unknown;
}

/** A line over a panel; in its own axis `x` or `y`, or from 0 to 1 across the panel ("y domain"). */
export interface LineShape {
  type: 'line';
  x0: number;
  x1: number;
  y0: number;
  y1: number;
  xref?: string;
  yref?: string;
  line: { color: string; width: number; dash: 'solid' | 'dot' };
}

/** Text in the figure: `x` and `y` of a panel's axes, or from 0 to 1 across the figure ("paper"). */
export interface Annotation {
  text: string;
  x: number;
  y: number;
  xref: string;
  yref: string;
  showarrow: false;
  xanchor: 'left' | 'center' | 'right';
  yanchor: 'top' | 'middle' | 'bottom';
  font?: { color?: string; size?: number };
}

/** Plotly's layout: `xaxis2`, `legend` and all else of it may be set too. */
export interface Layout {
  title: { text: string; subtitle?: { text: string } };
  xaxis: Axis;
  yaxis: Axis;
  yaxis2?: Axis;
  barmode?: 'overlay';
  shapes?: LineShape[];
  annotations?: Annotation[];
  showlegend?: boolean;
  /** In pixels. */
  width?: number;
  height?: number;
  [attribute: string]: unknown;
}

/** A dotted vertical line at `x` over the whole height of a panel. */
export const verticalLine = (x: number, panel = ''): LineShape => ({
  type: 'line',
  x0: x,
  x1: x,
  y0: 0,
  y1: 1,
  ...(panel && { xref: `x${panel}` }),
  yref: `y${panel} domain`,
  line: { color: ink, width: 1, dash: 'dot' },
});

/** What a curve is set against: a dotted line from x = 0 to x = 1, at these two heights. */
export const dottedLine = (name: string, y: [number, number]): ScatterTrace => ({
  type: 'scatter',
  mode: 'lines',
  name,
  x: [0, 1],
  y,
  line: { color: ink, width: 1, dash: 'dot' },
  hoverinfo: 'skip',
});

/** Colour of text and axes: readable on white and on black. */
export const ink = '#7f7f7f';
