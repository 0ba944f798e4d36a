import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import type * as Plot from '@observablehq/plot';
import type * as Linkedom from 'linkedom';
import { extent } from '../base/extent.js';
import { type Drawable, drawable, isPoint, type Point } from './drawable.js';
import { cut, textWidth, wrapped } from './textWidth.js';
import { heightFor, type Look, looks } from './theme.js';
import { type Annotation, type Axis, ink as defaultInk, type Layout, type LineShape } from './traces.js';

// Hundreds of modules, loaded with the first picture: many programs draw none.
const require = createRequire(import.meta.url);
const plots = (): typeof Plot => require('@observablehq/plot');
const documents = (): typeof Linkedom => require('linkedom');

const namespace = 'http://www.w3.org/2000/svg';
const screenFont = 'system-ui, sans-serif';

/** How a static picture looks. */
export interface SvgOptions {
  /** Colour of text and axes, by default one that is readable on white and on black. */
  ink?: string;
  /** Colour behind the figure; none by default. */
  ground?: string;
  /** Size in pixels; text keeps its own. */
  width?: number;
  /** Height in pixels. */
  height?: number;
  /** Whether the title is part of the picture. */
  title?: boolean;
  /** Sizes of text and lines. */
  look?: Look;
  /** Names of fonts, the first that is there. */
  font?: string;
}

/** A part of the figure with axes of its own. */
interface Panel {
  x: Axis;
  y: Axis;
  drawn: Drawable[];
  shapes: LineShape[];
  /** Whether it is the one that a shape or annotation means by these axes. */
  xaxis: string;
  yaxis: string;
  /** Whether the ticks of its vertical axis stand at it, and not at another panel of that axis. */
  ownsLeft: boolean;
}

/** Left, right, top and bottom of a rectangle in pixels. */
interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/**
 * Draws a figure as a static SVG, where plotly cannot run: points, lines, areas and bars with their intervals, in panels. What it
 * cannot draw is named in place; it never throws.
 */
export function staticSvg(traces: readonly object[], layout: Layout, options: SvgOptions = {}): string {
  try {
    return draw(traces, layout, options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const empty = { title: { text: '' }, xaxis: {}, yaxis: {} };
    return draw([], empty, options, [`This figure is drawn only where plotly runs (${reason}).`]);
  }
}

function draw(
  traces: readonly object[],
  layout: Layout,
  {
    ink = defaultInk,
    ground,
    width: asked,
    height: high,
    title = true,
    look = looks.notebook,
    font = screenFont,
  }: SvgOptions,
  notes: string[] = [],
): string {
  const width = asked ?? pixelsOf(layout.width) ?? look.width;
  const { document } = documents().parseHTML('<!doctype html><html><body></body></html>');
  const svg = document.createElementNS(namespace, 'svg');
  const element = (name: string, attributes: Record<string, string | number>) => {
    const made = document.createElementNS(namespace, name);
    svg.append(set(made, attributes));
    return made;
  };
  const text = (content: string, attributes: Record<string, string | number>) => {
    element('text', attributes).textContent = content;
  };
  if (ground) element('rect', { width: '100%', height: '100%', fill: ground });

  const drawn: Drawable[] = [];
  traces.forEach((trace, place) => {
    const found = drawable(trace, place);
    if (typeof found !== 'string') drawn.push(found);
    else if (!notes.includes(found)) notes.push(found);
  });
  const panels = panelsOf(drawn, layout);

  const left = marginLeft(panels, look, width);
  const right = width - look.text * 1.5;
  let top = look.text * 0.5;
  if (title) top = drawTitle(layout, { left: Math.min(left, look.text * 4.8), right, top, look }, text);
  if (layout.showlegend !== false) top = drawLegend(drawn, { left, right, top, look }, element, text);
  // What title and legend take beyond a line each is added to a height that nobody has asked for.
  const taken = Math.max(0, top - look.title * 1.9 - look.text * 2);
  const height = high ?? pixelsOf(layout.height) ?? heightFor(width, look) + taken;
  set(svg, {
    xmlns: namespace,
    viewBox: `0 0 ${round(width)} ${round(height)}`,
    width: round(width),
    height: round(height),
    color: ink,
    fill: 'currentColor',
    'font-family': font,
    style: 'max-width:100%;height:auto',
  });
  const area: Box = {
    left,
    right,
    top: top + look.text * 0.5,
    bottom: height - marginBottom(panels, look, right - left),
  };

  for (const panel of panels) drawPanel(panel, area, { document, svg, look, height }, text);
  for (const annotation of listed<Annotation>(layout.annotations)) {
    const place = annotationPlace(annotation, panels, area);
    if (place) drawAnnotation(annotation, place, look, text);
  }
  notes.forEach((note, line) => {
    text(cut(note, look.text, width - 2 * look.text), {
      ...{ x: width / 2, y: (area.top + area.bottom) / 2 + line * look.text * 1.6, 'text-anchor': 'middle' },
      'font-size': look.text,
    });
  });
  return inHundredths(withOwnIds(svg.toString()));
}

/** The same with places in hundredths of a pixel: less could not be seen, and would be half of the file. */
function inHundredths(svg: string): string {
  return svg.replace(/ (?:d|x|y|[xy][12]|c[xy]|r|width|height|transform)="[^"]*"/g, (attribute) =>
    attribute.replace(/\d+\.\d{3,}/g, (number) => String(round(Number(number)))),
  );
}

/** The same with ids of its own: Plot counts them from its start, and a page may hold several figures. */
function withOwnIds(svg: string): string {
  const counted = /plot-clip-\d+/g;
  const ids = [...new Set(svg.match(counted))];
  const hash = createHash('sha256').update(svg.replaceAll(counted, '')).digest('hex').slice(0, 8);
  return svg.replaceAll(counted, (id) => `clip-${hash}-${ids.indexOf(id)}`);
}

/** The panels of what is drawn, each with its axes as numbers. */
function panelsOf(drawn: readonly Drawable[], layout: Layout): Panel[] {
  const panels = new Map<string, Panel>();
  const at = (xaxis: string, yaxis: string): Panel => {
    const key = `${xaxis} ${yaxis}`;
    const known = panels.get(key);
    if (known) return known;
    const made = {
      xaxis,
      yaxis,
      x: axisOf(layout, xaxis),
      y: axisOf(layout, yaxis),
      drawn: [],
      shapes: [],
      ownsLeft: true,
    };
    panels.set(key, made);
    return made;
  };
  for (const one of drawn) at(one.xaxis, one.yaxis).drawn.push(one);
  if (panels.size === 0) at('x', 'y');
  for (const panel of panels.values()) {
    const first = [...panels.values()].find(({ yaxis }) => yaxis === panel.yaxis);
    panel.ownsLeft = typeof panel.y.anchor === 'string' ? panel.y.anchor === panel.xaxis : first === panel;
    panel.shapes = listed<LineShape>(layout.shapes).filter(
      (shape) =>
        shape?.type === 'line' &&
        (shape.xref ?? 'x').split(' ')[0] === panel.xaxis &&
        (shape.yref ?? 'y').split(' ')[0] === panel.yaxis,
    );
    for (const side of ['x', 'y'] as const) {
      const names = panel.drawn.find((one) => one.names[side])?.names[side];
      if (names && !panel[side].tickvals)
        panel[side] = { ...panel[side], tickvals: names.map((_, i) => i), ticktext: names };
    }
  }
  return [...panels.values()];
}

function axisOf(layout: Layout, id: string): Axis {
  const axis = layout[`${id[0]}axis${id.slice(1)}`];
  return typeof axis === 'object' && axis !== null ? (axis as Axis) : {};
}

/** Room for the ticks of the panels that stand left, and for what the axis shows. */
function marginLeft(panels: readonly Panel[], look: Look, width: number): number {
  const leftmost = panels.filter(({ x, y }) => (x.domain?.[0] ?? 0) === 0 && y.visible !== false);
  const labels = leftmost.flatMap(({ y }) => (y.showticklabels === false ? [] : (y.ticktext ?? ['100%0'])));
  const widest = Math.max(0, ...labels.map((label) => textWidth(label, look.tick)));
  const titled = leftmost.some(({ y }) => titleOf(y)) ? look.text * 1.6 : 0;
  return Math.max(look.text * 1.5, Math.min(widest + 2, width * 0.34) + look.text + titled);
}

/** Room below for ticks and what the axis shows. */
function marginBottom(panels: readonly Panel[], look: Look, width: number): number {
  const titled = panels.some(({ x }) => titleOf(x)) ? look.text * 1.5 : 0;
  const tilted = panels.some(({ x }) => isTilted(x, look, width * share(x)));
  const longest = tilted
    ? Math.max(...panels.flatMap(({ x }) => (x.ticktext ?? []).map((label) => textWidth(label, look.tick))))
    : 0;
  return look.tick * 2.2 + titled + Math.min(longest * 0.5, look.tick * 7);
}

const share = ({ domain: [from, to] = [0, 1] }: Axis): number => to - from;

/** Whether the names of an axis do not fit beside each other. */
const isTilted = ({ ticktext = [], showticklabels }: Axis, look: Look, width: number): boolean =>
  showticklabels !== false &&
  ticktext.length > 1 &&
  Math.max(...ticktext.map((label) => textWidth(String(label), look.tick))) >
    (0.95 * width) / ticktext.length;

type DrawText = (content: string, attributes: Record<string, string | number>) => void;
type DrawElement = (name: string, attributes: Record<string, string | number>) => unknown;

/** What stands above the panels, from `top` on. */
interface Header {
  left: number;
  right: number;
  top: number;
  look: Look;
}

/** @returns where it ends */
function drawTitle({ title }: Layout, { left, right, top, look }: Header, text: DrawText): number {
  const given = title as Layout['title'] | string | undefined;
  const words = typeof given === 'string' ? given : given?.text;
  const below = typeof given === 'object' ? given.subtitle?.text : undefined;
  let y = top;
  for (const line of words ? wrapped(words, look.title * 1.13, right - left) : []) {
    y += look.title * 1.2;
    text(line, { x: left, y, 'font-size': look.title, 'font-weight': 600 });
  }
  for (const line of below ? wrapped(below, look.text, right - left) : []) {
    y += look.text * 1.35;
    text(line, { x: left, y, 'font-size': look.text });
  }
  return y === top ? top : y + look.text * 0.6;
}

/** @returns where it ends */
function drawLegend(
  drawn: readonly Drawable[],
  { left, right, top, look }: Header,
  element: DrawElement,
  text: DrawText,
): number {
  const named = new Map(
    drawn.filter(({ legend }) => legend).map((one) => [`${one.legendgroup ?? one.name}`, one]),
  );
  if (named.size === 0) return top;
  const side = look.text;
  let [x, y] = [left, top];
  for (const { name, color, line } of named.values()) {
    const words = cut(name, look.text, right - left - side * 2);
    const length = side * 1.5 + textWidth(words, look.text);
    if (x > left && x + length > right) [x, y] = [left, y + side * 1.5];
    if (line && line.dash !== 'solid') {
      const ends = { x1: round(x), x2: round(x + side), y1: round(y + side / 2), y2: round(y + side / 2) };
      element('line', { ...ends, stroke: color, 'stroke-dasharray': '3 2', 'stroke-width': 1.5 });
    } else element('rect', { x: round(x), y: round(y), width: side, height: side, rx: 2, fill: color });
    text(words, { x: round(x + side * 1.5), y: round(y + side * 0.85), 'font-size': look.text });
    x += length + side * 1.6;
  }
  return y + side * 1.5;
}

function boxOf({ x, y }: Pick<Panel, 'x' | 'y'>, area: Box): Box {
  const [fromX, toX] = x.domain ?? [0, 1];
  const [fromY, toY] = y.domain ?? [0, 1];
  const [width, height] = [area.right - area.left, Math.max(1, area.bottom - area.top)];
  return {
    left: area.left + width * fromX,
    right: area.left + width * toX,
    top: area.top + height * (1 - toY),
    bottom: area.top + height * (1 - fromY),
  };
}

function drawPanel(
  panel: Panel,
  area: Box,
  {
    document,
    svg,
    look,
    height,
  }: { document: unknown; svg: { append(node: never): void }; look: Look; height: number },
  text: DrawText,
): void {
  const box = boxOf(panel, area);
  const [wide, high] = [box.right - box.left, box.bottom - box.top];
  const { x, y } = panel;
  // Where panels lie over each other on one horizontal axis, the lowest one has the ticks.
  const bottomLabels =
    x.visible !== false && x.showticklabels !== false && standsAt(x.anchor, panel.yaxis, y, area, box);
  const ownsLeft = panel.ownsLeft && y.visible !== false;
  const leftLabels = ownsLeft && y.showticklabels !== false;
  const room = { left: leftLabels ? box.left : 4, bottom: look.tick * 8 };
  const tilted = isTilted(x, look, wide);
  const plot = plots().plot({
    document: document as Document,
    width: wide + room.left + 12,
    height: high + room.bottom + 6,
    marginLeft: room.left,
    marginRight: 12,
    marginTop: 6,
    marginBottom: room.bottom,
    style: { fontSize: `${look.tick}px` },
    x: {
      ...scaleOf(x, panel, 'x'),
      label: null,
      axis: bottomLabels ? 'bottom' : null,
      grid: x.showgrid === true,
      tickSize: 4,
      ...(tilted && { tickRotate: -30 }),
      ...ticksOf(x, wide, look.tick * 7, tilted ? Number.POSITIVE_INFINITY : wide, look),
    },
    y: {
      ...scaleOf(y, panel, 'y'),
      axis: leftLabels ? 'left' : null,
      label: null,
      grid: y.visible !== false && y.showgrid !== false,
      tickSize: 0,
      ...ticksOf(y, high, look.tick * 4, area.left - look.text * (titleOf(y) ? 2.6 : 1), look),
    },
    marks: [
      ...panel.drawn.flatMap((one) => marks(one, look.line, leavesRange(panel) ? 'frame' : undefined)),
      ...panel.shapes.map((shape) => ruled(shape, panel, look.line)),
    ],
  });
  // Plot's style sheet is for a picture of its own: in a browser it would scale a panel.
  plot.querySelector('style')?.remove();
  // Its ticks are in the font of the rest.
  plot.removeAttribute('font-family');
  svg.append(
    set(plot, { x: round(box.left - room.left), y: round(box.top - 6), overflow: 'visible' }) as never,
  );
  const up = titleOf(y);
  if (up && ownsLeft) {
    const middle = round((box.top + box.bottom) / 2);
    const ticks = y.ticktext ?? ['100%0'];
    const reach = leftLabels
      ? Math.max(...ticks.map((label) => textWidth(label, look.tick))) + look.text * 1.1
      : 0;
    const across = round(Math.max(look.text, box.left - Math.max(reach, look.text * 2.6)));
    text(cut(up, look.text, 2 * Math.min(middle, height - middle)), {
      transform: `translate(${across},${middle}) rotate(-90)`,
      'text-anchor': 'middle',
      'font-size': look.text,
    });
  }
  const along = titleOf(x);
  if (along && bottomLabels) {
    const y =
      box.bottom >= area.bottom - 1 ? height - look.text * 0.6 : box.bottom + look.tick * 2.2 + look.text;
    text(along, {
      x: round((box.left + box.right) / 2),
      y: round(y),
      'text-anchor': 'middle',
      'font-size': look.text,
    });
  }
}

/** Whether a horizontal axis stands below a panel: where it is anchored, else at the lowest. */
const standsAt = (anchor: string | undefined, yaxis: string, y: Axis, area: Box, box: Box): boolean =>
  anchor ? anchor === yaxis : (y.domain?.[0] ?? 0) === 0 || box.bottom >= area.bottom - 1;

function titleOf({ title }: Axis): string {
  const given = title as Axis['title'] | string | undefined;
  return (typeof given === 'string' ? given : given?.text) ?? '';
}

/** Plot's scale of an axis: its range, else what is drawn. */
function scaleOf(axis: Axis, panel: Panel, side: 'x' | 'y'): Plot.ScaleOptions {
  const log = axis.type === 'log';
  const range = listed<number>(axis.range).length === 2 ? (axis.range as [number, number]) : undefined;
  const reached = panel.drawn
    .flatMap((one) => reach(one, side))
    .concat(panel.shapes.map((shape) => (side === 'x' ? shape.x0 : Number.NaN)))
    .filter((value) => Number.isFinite(value) && (!log || value > 0));
  const ofBars = side === 'y' && panel.drawn.some(({ bars }) => bars);
  const found = extent(ofBars && !log ? [0, ...reached] : reached);
  const [low, high] = found.lowest <= found.highest ? [found.lowest, found.highest] : [0, 1];
  const same = log ? [low / 2, low * 2] : [low - 0.5, low + 0.5];
  const domain = range ? range.map((end) => (log ? 10 ** end : end)) : low < high ? [low, high] : same;
  const turned = axis.autorange === 'reversed' && !range ? domain.reverse() : domain;
  return { domain: turned, nice: side === 'y' && !range, type: log ? 'log' : 'linear' };
}

/** Named ticks, or about so many numbers as there is room for. */
function ticksOf(axis: Axis, length: number, apart: number, width: number, look: Look): object {
  const { tickformat, tickvals, ticktext } = axis;
  if (tickvals) {
    const words = ticktext ?? tickvals.map(String);
    return {
      ticks: tickvals,
      tickFormat: (value: number) =>
        cut(String(words[tickvals.indexOf(value)] ?? ''), look.tick, Math.max(width, look.tick)),
    };
  }
  return { ticks: Math.max(3, Math.round(length / apart)), ...(tickformat && { tickFormat: tickformat }) };
}

/** Values of one axis that something reaches. */
function reach({ bars, area, line, dots, intervals }: Drawable, side: 'x' | 'y'): number[] {
  const [from, to] = side === 'x' ? (['x1', 'x2'] as const) : (['y1', 'y2'] as const);
  return [
    ...[bars, intervals].flatMap((boxes) => (boxes ?? []).flatMap((box) => [box[from], box[to]])),
    ...[area, line, dots].flatMap((mark) => (mark?.points ?? []).map((point) => point[side])),
  ];
}

/** Whether something is drawn beyond a range that an axis is given. */
const leavesRange = (panel: Panel): boolean =>
  (['x', 'y'] as const).some((side) => {
    const { range, type } = panel[side];
    const [low, high] = listed<number>(range).toSorted((a, b) => a - b);
    const place = (value: number) => (type === 'log' ? Math.log10(value) : value);
    return (
      high !== undefined &&
      panel.drawn.some((one) => reach(one, side).some((value) => place(value) < low || place(value) > high))
    );
  });

function marks(
  { bars, area, line, dots, intervals, color, opacity }: Drawable,
  scale: number,
  clip?: 'frame',
): Plot.Markish[] {
  const made: Plot.Markish[] = [];
  if (bars) {
    const ends = { x1: 'x1', x2: 'x2', y1: 'y1', y2: 'y2' };
    const whole = bars.filter((bar) => Object.values(bar).every(Number.isFinite));
    made.push(plots().rect(whole, { ...ends, fill: color, fillOpacity: opacity, inset: 0.5, clip }));
  }
  if (area) {
    const { color: fill, points } = area;
    made.push(plots().line(points, { x: 'x', y: 'y', fill, stroke: 'none', curve: 'linear-closed', clip }));
  }
  if (line) {
    const dashes: Record<string, string> = { dash: '7 4', dot: '2 3', dashdot: '7 3 2 3', longdash: '10 4' };
    made.push(
      plots().line(line.points.filter(isPoint), {
        ...{
          x: 'x',
          y: 'y',
          stroke: line.color,
          strokeWidth: round(line.width * scale),
          strokeDasharray: dashes[line.dash],
          clip,
        },
        ...(line.step && { curve: 'step-after' as const }),
      }),
    );
  }
  for (const { color: stroke, width, ...ends } of intervals ?? [])
    made.push(
      plots().link([ends], {
        x1: 'x1',
        x2: 'x2',
        y1: 'y1',
        y2: 'y2',
        stroke,
        strokeWidth: round(width * scale),
        clip,
      }),
    );
  if (dots)
    made.push(
      dots.tick ? ticks(dots.points, dots.color, opacity, clip) : circles(dots, opacity, scale, clip),
    );
  return made;
}

const circles = (
  { points, color, size }: { points: Point[]; color: string; size: number },
  opacity: number,
  scale: number,
  clip?: 'frame',
) =>
  plots().dot(points.filter(isPoint), {
    x: 'x',
    y: 'y',
    fill: color,
    fillOpacity: opacity,
    r: round((size * scale) / 2),
    clip,
  });

/** Ticks as high as most of the distance between two rows of them, which is 1. */
const ticks = (points: Point[], stroke: string, strokeOpacity: number, clip?: 'frame') =>
  plots().ruleX(points.filter(isPoint), {
    ...{ x: 'x', stroke, strokeOpacity, clip },
    y1: ({ y }: Point) => y - 0.35,
    y2: ({ y }: Point) => y + 0.35,
  });

/** A line of the layout, from 0 to 1 across the panel where it says "domain". */
function ruled(shape: LineShape, panel: Panel, scale: number): Plot.Markish {
  const style = {
    stroke: shape.line?.color ?? defaultInk,
    strokeWidth: round((shape.line?.width ?? 1) * scale),
    ...(shape.line?.dash === 'dot' && { strokeDasharray: '3 3' }),
  };
  if (String(shape.yref).endsWith('domain')) return plots().ruleX([shape.x0], style);
  if (String(shape.xref).endsWith('domain')) return plots().ruleY([shape.y0], style);
  const { x0: x1, x1: x2, y0: y1, y1: y2 } = shape;
  return plots().link([panel], { ...style, x1: () => x1, x2: () => x2, y1: () => y1, y2: () => y2 });
}

function drawAnnotation(annotation: Annotation, { x, y }: Point, look: Look, text: DrawText): void {
  const { xanchor = 'center', yanchor = 'middle', font } = annotation;
  const size = font?.size ?? look.text;
  const lift = { top: 0.8, middle: 0.35, bottom: -0.3 }[yanchor] ?? 0.35;
  text(String(annotation.text ?? ''), {
    ...{ x: round(x), y: round(y + size * lift), 'font-size': size },
    'text-anchor': { left: 'start', center: 'middle', right: 'end' }[xanchor] ?? 'middle',
    ...(font?.color && { fill: font.color }),
  });
}

/** Where an annotation stands, in pixels; undefined where it is at a value of an axis that no panel has. */
function annotationPlace(
  { x, y, xref = 'x', yref = 'y' }: Annotation,
  panels: readonly Panel[],
  area: Box,
): Point | undefined {
  const [x0, y0] = [Number(x), Number(y)];
  const panel = panels.find(
    ({ xaxis, yaxis }) => xref.split(' ')[0] === xaxis || yref.split(' ')[0] === yaxis,
  );
  const box = panel ? boxOf(panel, area) : area;
  const along = (
    ref: string,
    value: number,
    side: 'x' | 'y',
    [from, to]: [number, number],
  ): number | undefined => {
    if (ref === 'paper') {
      const [start, end] = side === 'x' ? [area.left, area.right] : [area.bottom, area.top];
      return start + value * (end - start);
    }
    if (ref.endsWith('domain')) return from + value * (to - from);
    if (!panel) return undefined;
    const { domain, type } = scaleOf(panel[side], panel, side) as { domain: number[]; type: string };
    const [low, high] = type === 'log' ? domain.map(Math.log10) : domain;
    return from + ((value - low) / (high - low)) * (to - from);
  };
  const across = along(xref, x0, 'x', [box.left, box.right]);
  const up = along(yref, y0, 'y', [box.bottom, box.top]);
  return across === undefined || up === undefined || !isPoint({ x: across, y: up })
    ? undefined
    : { x: across, y: up };
}

const pixelsOf = (size: unknown): number | undefined =>
  typeof size === 'number' && size > 0 && Number.isFinite(size) ? size : undefined;
const listed = <T>(value: unknown): T[] => (Array.isArray(value) ? value : []);
const round = (pixels: number): number => Math.round(pixels * 100) / 100;

interface SvgElement {
  setAttribute(name: string, value: string): void;
}

function set<T extends SvgElement>(element: T, attributes: Record<string, string | number>): T {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}
