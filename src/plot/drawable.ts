import type { ErrorBars } from './traces.js';

/** A point of a mark. */
export interface Point {
  x: number;
  y: number;
}

/** What a picture without scripts can draw of a trace, in the numbers of its axes. */
export interface Drawable {
  name: string;
  /** Whether and under what the legend names it. */
  legend: boolean;
  legendgroup?: string;
  xaxis: string;
  yaxis: string;
  /** The places of names that stand in place of numbers on an axis. */
  names: { x?: string[]; y?: string[] };
  color: string;
  opacity: number;
  bars?: { x1: number; x2: number; y1: number; y2: number }[];
  area?: { points: Point[]; color: string };
  line?: { points: Point[]; color: string; width: number; dash: string; step: boolean };
  dots?: { points: Point[]; color: string; size: number; tick: boolean };
  intervals?: { x1: number; x2: number; y1: number; y2: number; color: string; width: number }[];
}

/** Colours of traces that name none: plotly's own. */
const colorway = ['#1f77b4', '#ff7f0e', '#2ca02c', '#d62728', '#9467bd', '#8c564b', '#e377c2', '#7f7f7f'];

/**
 * What can be drawn of any trace of plotly without plotly: points, lines, areas and bars, over numbers or names.
 * @returns the reason in a sentence, for any other
 */
export function drawable(given: unknown, place: number): Drawable | string {
  if (typeof given !== 'object' || given === null)
    return `A trace that is ${given === null ? 'null' : typeof given} is not drawn.`;
  const trace = given as Record<string, unknown>;
  const type = trace.type ?? 'scatter';
  if (type !== 'bar' && type !== 'scatter' && type !== 'scattergl')
    return `“${String(type)}” is drawn only where plotly runs.`;
  const sideways = type === 'bar' && trace.orientation === 'h';
  const y = listOf(trace.y);
  const x = listOf(trace.x) ?? y?.map((_, i) => i);
  if (!x || !y) return `“${String(type)}” without lists of x and y is drawn only where plotly runs.`;
  if (x.concat(y).some(isDate)) return `“${String(type)}” over dates is drawn only where plotly runs.`;

  const across = placesOf(x);
  const up = placesOf(y);
  const count = Math.min(x.length, y.length);
  const points = Array.from({ length: count }, (_, i) => ({ x: across.places[i], y: up.places[i] }));
  const line = recordOf(trace.line);
  const marker = recordOf(trace.marker);
  const color =
    textOf(line.color) ??
    textOf(marker.color) ??
    textOf(trace.fillcolor) ??
    colorway[place % colorway.length];
  const drawn: Drawable = {
    name: textOf(trace.name) ?? `trace ${place}`,
    legend: trace.showlegend !== false,
    ...(typeof trace.legendgroup === 'string' && { legendgroup: trace.legendgroup }),
    xaxis: textOf(trace.xaxis) ?? 'x',
    yaxis: textOf(trace.yaxis) ?? 'y',
    names: { x: across.names, y: up.names },
    color,
    opacity: numberOf(marker.opacity) ?? numberOf(trace.opacity) ?? 1,
  };
  if (type === 'bar') {
    drawn.bars = barsOf(points, trace, sideways);
  } else {
    const mode = textOf(trace.mode) ?? 'lines';
    if (typeof trace.fill === 'string' && trace.fill !== 'none') {
      const area = areaOf(points, trace.fill);
      if (!area) return `“${String(type)}” filled “${trace.fill}” is drawn only where plotly runs.`;
      drawn.area = { points: area, color: textOf(trace.fillcolor) ?? color };
    }
    if (mode.includes('lines')) {
      const dash = textOf(line.dash) ?? 'solid';
      drawn.line = { points, color, width: numberOf(line.width) ?? 2, dash, step: line.shape === 'hv' };
    }
    if (mode.includes('markers')) {
      const tick = marker.symbol === 'line-ns-open';
      const ofDots = textOf(marker.color) ?? color;
      drawn.dots = { points, color: ofDots, size: numberOf(marker.size) ?? 6, tick };
    }
  }
  const intervals = [
    intervalsOf(points, trace.error_y, 'y', color),
    intervalsOf(points, trace.error_x, 'x', color),
  ].flat();
  if (intervals.length > 0) drawn.intervals = intervals;
  return drawn;
}

function barsOf(points: readonly Point[], trace: Record<string, unknown>, sideways: boolean) {
  const widths = listOf(trace.width);
  const bases = listOf(trace.base);
  const places = [...new Set(points.map(({ x, y }) => (sideways ? y : x)))].sort((a, b) => a - b);
  const gaps = places.slice(1).map((place, i) => place - places[i]);
  const usual = 0.8 * (gaps.length > 0 ? Math.min(...gaps) : 1);
  return points.map(({ x, y }, i) => {
    const half = (numberOf(widths?.[i]) ?? numberOf(trace.width) ?? usual) / 2;
    const base = numberOf(bases?.[i]) ?? numberOf(trace.base) ?? 0;
    return sideways
      ? { x1: base, x2: base + x, y1: y - half, y2: y + half }
      : { x1: x - half, x2: x + half, y1: base, y2: base + y };
  });
}

/** The outline of what is filled. */
function areaOf(points: readonly Point[], fill: string): Point[] | undefined {
  const whole = points.filter(isPoint);
  if (fill === 'toself') return whole;
  const [first, last] = [whole[0], whole.at(-1)];
  if (!first || !last) return [];
  if (fill === 'tozeroy') return [...whole, { x: last.x, y: 0 }, { x: first.x, y: 0 }];
  if (fill === 'tozerox') return [...whole, { x: 0, y: last.y }, { x: 0, y: first.y }];
  return undefined;
}

function intervalsOf(points: readonly Point[], given: unknown, along: 'x' | 'y', color: string) {
  const bars = recordOf(given) as Partial<ErrorBars>;
  const above = listOf(bars.array);
  if (!above || recordOf(given).visible === false) return [];
  const below = listOf(bars.arrayminus) ?? above;
  return points.flatMap((point, i) => {
    const [low, high] = [point[along] - (numberOf(below[i]) ?? 0), point[along] + (numberOf(above[i]) ?? 0)];
    if (!isPoint(point) || !Number.isFinite(low) || !Number.isFinite(high)) return [];
    const line = { color: bars.color ?? color, width: bars.thickness ?? 2 };
    return along === 'x'
      ? { x1: low, x2: high, y1: point.y, y2: point.y, ...line }
      : { x1: point.x, x2: point.x, y1: low, y2: high, ...line };
  });
}

export const isPoint = ({ x, y }: Point): boolean => Number.isFinite(x) && Number.isFinite(y);

/** Values as numbers; names by their order, where there is one that is not a number. */
function placesOf(values: readonly unknown[]): { places: number[]; names?: string[] } {
  const named = values.some(
    (value) => typeof value === 'string' && value.trim() !== '' && Number.isNaN(Number(value)),
  );
  if (!named) return { places: values.map((value) => numberOf(value) ?? Number.NaN) };
  const names = [...new Set(values.map(String))];
  const place = new Map(names.map((name, i) => [name, i]));
  return { places: values.map((value) => place.get(String(value)) as number), names };
}

const isDate = (value: unknown): boolean =>
  value instanceof Date || (typeof value === 'string' && /^\d{4}-\d\d(-\d\d|$)/.test(value));

function listOf(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  return ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as never) : undefined;
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value);
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : undefined;
}
