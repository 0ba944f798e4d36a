/** The part of plotly's figure format that this project draws with; `staticSvg` draws exactly this. */

/** Bars, lines, or marks of single values; `x` and `y` are of the same length. */
export type Trace = BarTrace | ScatterTrace;

interface TraceBase {
  x: number[];
  y: number[];
  name: string;
  showlegend?: boolean;
  /** Traces of one group are shown and hidden together. */
  legendgroup?: string;
  /** The panel, by its vertical axis; `y` if it is not given. */
  yaxis?: 'y' | 'y2';
  hovertemplate?: string;
  hoverinfo?: 'skip';
}

/** Bars from 0 to `y`, `width` wide and centred on `x`. */
export interface BarTrace extends TraceBase {
  type: 'bar';
  width: number;
  marker: { color: string; opacity: number };
}

/** A line through the points, or at each a tick (`symbol: 'line-ns-open'`) or a dot, which may have an interval. */
export interface ScatterTrace extends TraceBase {
  type: 'scatter';
  mode: 'lines' | 'markers';
  line?: { color: string; width?: number; dash?: 'solid' | 'dash' | 'dot' };
  marker?: { color: string; opacity?: number; symbol: 'line-ns-open' | 'circle'; size: number };
  /** How far the interval of each point reaches above and below it. */
  error_y?: { type: 'data'; symmetric: false; array: number[]; arrayminus: number[] };
}

/** An axis; a vertical one covers `domain` (from below, 0 to 1) of the figure's height. */
export interface Axis {
  title?: { text: string };
  range?: [number, number];
  domain?: [number, number];
  /** d3-format of the ticks, for example ".0%". */
  tickformat?: string;
  /** Places of the ticks, and what is written there, in place of numbers. */
  tickvals?: number[];
  ticktext?: string[];
  visible?: boolean;
}

/** A vertical line over the whole height of the first panel. */
export interface VerticalLine {
  type: 'line';
  x0: number;
  x1: number;
  y0: 0;
  y1: 1;
  yref: 'y domain';
  line: { color: string; width: number; dash: 'dot' };
}

export interface Layout {
  title: { text: string };
  xaxis: Axis;
  yaxis: Axis;
  yaxis2?: Axis;
  barmode?: 'overlay';
  shapes?: VerticalLine[];
}

/** A dotted vertical line at `x`. */
export const verticalLine = (x: number): VerticalLine => ({
  type: 'line',
  x0: x,
  x1: x,
  y0: 0,
  y1: 1,
  yref: 'y domain',
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

/** Colours of groups: told apart by colour-blind readers, on white and on black. */
export const palette = ['#4c8bc8', '#e1812c', '#5aa469', '#a274b8', '#c9a227', '#b5545c'];
