import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { type Axis, ink as defaultInk, type Layout, type ScatterTrace, type Trace } from './traces.js';

/** Room above and below the title, for a row of the legend, and for the ticks of the horizontal axis below. */
const titleHeight = 34;
const legendHeight = 20;
const footer = 44;
const marginLeft = 58;
const marginRight = 18;
const namespace = 'http://www.w3.org/2000/svg';

/** How a static picture looks. */
export interface SvgOptions {
  /** Colour of text and axes, by default one that is readable on white and on black. */
  ink?: string;
  /** Size in pixels; text keeps its own. */
  width?: number;
  height?: number;
  /** Whether the title is part of the picture. */
  title?: boolean;
}

/**
 * Draws a figure as a static SVG, where plotly cannot run: bars, lines, ticks, dots and vertical lines, in panels that
 * share the horizontal axis.
 */
export function staticSvg(
  data: Trace[],
  layout: Layout,
  { ink = defaultInk, width = 680, height = 360, title = true }: SvgOptions = {},
): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = document.createElementNS(namespace, 'svg');
  set(svg, {
    xmlns: namespace,
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    color: ink,
    fill: 'currentColor',
    'font-family': 'system-ui, sans-serif',
    style: 'max-width:100%;height:auto',
  });
  const text = (content: string, attributes: Record<string, string | number>) => {
    const element = document.createElementNS(namespace, 'text');
    element.textContent = content;
    svg.append(set(element, attributes));
  };

  if (title) text(layout.title.text, { x: marginLeft, y: 22, 'font-size': 15, 'font-weight': 600 });
  let legendX = marginLeft;
  let legendY = title ? titleHeight : 4;
  for (const trace of data.filter(({ showlegend }) => showlegend !== false)) {
    const length = 38 + 6.6 * trace.name.length;
    if (legendX > marginLeft && legendX + length - 20 > width) {
      legendX = marginLeft;
      legendY += legendHeight;
    }
    const swatch = document.createElementNS(namespace, 'rect');
    svg.append(set(swatch, { x: legendX, y: legendY, width: 12, height: 12, rx: 2, fill: colorOf(trace) }));
    text(trace.name, { x: legendX + 18, y: legendY + 10, 'font-size': 12 });
    legendX += length;
  }
  const header = legendY + 24;

  const xDomain =
    layout.xaxis.range ??
    extent(
      data.flatMap(reach),
      (layout.shapes ?? []).map(({ x0 }) => x0),
    );
  const panels: ['y' | 'y2', Axis][] = [['y', layout.yaxis]];
  if (layout.yaxis2) panels.push(['y2', layout.yaxis2]);
  for (const [name, axis] of panels) {
    const traces = data.filter((trace) => (trace.yaxis ?? 'y') === name);
    const [from, to] = axis.domain ?? [0, 1];
    const lowest = from === Math.min(...panels.map(([, { domain }]) => domain?.[0] ?? 0));
    const inner = height - header - footer;
    const top = header + inner * (1 - to);
    const bottom = lowest ? footer : 6;
    const panel = Plot.plot({
      document: document as unknown as Document,
      width,
      height: inner * (to - from) + bottom + 6,
      marginLeft,
      marginRight,
      marginTop: 6,
      marginBottom: bottom,
      style: { fontSize: '11px' },
      x: {
        domain: xDomain,
        label: null,
        axis: lowest ? 'bottom' : null,
        tickSize: 4,
        ...xTicks(layout.xaxis, (width - marginLeft - marginRight) / 75),
      },
      y: {
        domain: axis.range ?? extent([0, ...traces.flatMap(({ y }) => y)], []),
        nice: axis.range === undefined,
        axis: axis.visible === false ? null : 'left',
        label: null,
        grid: axis.visible !== false,
        tickFormat: axis.tickformat,
        tickSize: 0,
        ticks: Math.max(2, Math.round((inner * (to - from)) / 45)),
      },
      marks: [
        ...traces.flatMap(marks),
        ...(name === 'y' ? (layout.shapes ?? []) : []).map(({ x0, line }) =>
          Plot.ruleX([x0], { stroke: line.color, strokeWidth: line.width, strokeDasharray: '3 3' }),
        ),
      ],
    });
    // Plot's style sheet is for a picture of its own: in a browser it would scale a panel.
    panel.querySelector('style')?.remove();
    svg.append(set(panel, { y: top - 6 }));
    if (axis.title) {
      const middle = top + (inner * (to - from)) / 2;
      text(axis.title.text, {
        transform: `translate(14,${middle}) rotate(-90)`,
        'text-anchor': 'middle',
        'font-size': 12,
      });
    }
  }
  if (layout.xaxis.title) {
    const middle = (marginLeft + width - marginRight) / 2;
    text(layout.xaxis.title.text, { x: middle, y: height - 8, 'text-anchor': 'middle', 'font-size': 12 });
  }
  return svg.toString();
}

/** Named ticks, or about so many numbers. */
function xTicks({ tickformat, tickvals, ticktext = [] }: Axis, count: number): object {
  if (!tickvals) return { tickFormat: tickformat, ticks: Math.round(count) };
  return { ticks: tickvals, tickFormat: (x: number) => ticktext[tickvals.indexOf(x)] };
}

interface SvgElement {
  setAttribute(name: string, value: string): void;
}

function set<T extends SvgElement>(element: T, attributes: Record<string, string | number>): T {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

const colorOf = (trace: Trace): string =>
  (trace.type === 'scatter' ? (trace.line?.color ?? trace.marker?.color) : trace.marker.color) ?? defaultInk;

/** Horizontal values that a trace reaches. */
const reach = (trace: Trace): number[] =>
  trace.type === 'bar' ? trace.x.flatMap((x) => [x - trace.width / 2, x + trace.width / 2]) : trace.x;

function extent(values: number[], more: number[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of [...values, ...more]) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low < high
    ? [low, high]
    : [(Number.isFinite(low) ? low : 0) - 0.5, (Number.isFinite(low) ? low : 0) + 0.5];
}

function marks(trace: Trace): Plot.Markish[] {
  const points = trace.x.map((x, i) => ({ x, y: trace.y[i] })).filter(({ y }) => Number.isFinite(y));
  if (trace.type === 'bar') {
    const half = trace.width / 2;
    return [
      Plot.rectY(points, {
        x1: ({ x }) => x - half,
        x2: ({ x }) => x + half,
        y: 'y',
        fill: trace.marker.color,
        fillOpacity: trace.marker.opacity,
        inset: 0.5,
      }),
    ];
  }
  if (trace.mode === 'lines') return [line(trace, points)];
  return trace.marker?.symbol === 'circle' ? dots(trace, points) : [ticks(trace, points)];
}

/** Dots, with a vertical line over the interval of each where there is one. */
function dots(
  { marker, error_y: interval }: ScatterTrace,
  points: { x: number; y: number }[],
): Plot.Markish[] {
  const bars = points.map(({ x, y }, i) => ({
    x,
    low: y - (interval?.arrayminus[i] ?? 0),
    high: y + (interval?.array[i] ?? 0),
  }));
  return [
    Plot.ruleX(bars, { x: 'x', y1: 'low', y2: 'high', stroke: marker?.color }),
    Plot.dot(points, { x: 'x', y: 'y', fill: marker?.color, r: (marker?.size ?? 6) / 2 }),
  ];
}

/** Ticks as high as most of the distance between two rows of them, which is 1. */
function ticks({ marker }: ScatterTrace, points: { x: number; y: number }[]): Plot.Markish {
  return Plot.ruleX(points, {
    x: 'x',
    y1: ({ y }) => y - 0.35,
    y2: ({ y }) => y + 0.35,
    stroke: marker?.color,
    strokeOpacity: marker?.opacity,
  });
}

function line({ line: style }: ScatterTrace, points: { x: number; y: number }[]): Plot.Markish {
  const dashes = { solid: undefined, dash: '7 4', dot: '2 3' };
  return Plot.line(points, {
    x: 'x',
    y: 'y',
    stroke: style?.color,
    strokeWidth: style?.width ?? 2,
    strokeDasharray: dashes[style?.dash ?? 'solid'],
  });
}
