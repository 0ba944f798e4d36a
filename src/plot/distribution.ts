import { mean as meanOf } from '../analysis/distribution.js';
import { meanInterval } from '../analysis/meanInterval.js';
import { wilson } from '../analysis/wilson.js';
import { extent } from '../base/extent.js';
import { normal975 } from '../base/normal.js';
import { quantile } from '../base/quantile.js';
import { sharedBins } from './bins.js';
import { coloursOf, faded } from './colours.js';
import { density, unitOf } from './density.js';
import { inOrder } from './groupNames.js';
import type { DistributionKind, PlotOptions } from './options.js';
import { gridLayout, panelGrid } from './panelGrid.js';
import { type Look, looks } from './theme.js';
import { thin } from './thin.js';
import { type Axis, errorBars, ink, type Layout, type ScatterTrace, type Trace } from './traces.js';

/** Groups of values by name, for each panel. */
export type Panels = ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;

/** How distributions are drawn, once `facet` and `by` have been applied. */
export type DistributionOptions = Pick<
  PlotOptions,
  'kind' | 'bins' | 'scale' | 'intervals' | 'colours' | 'labels' | 'theme'
>;

/** A row of what is drawn. Which columns there are besides the group is a matter of the kind. */
export interface DistributionRow {
  group: string;
  facet?: string;
  /** Bars: from where to where, how many values, and their share of the group with its interval. */
  from?: number;
  to?: number;
  count?: number;
  share?: number;
  low?: number;
  high?: number;
  /** Curves: the density at a score, or the share of the group up to it. */
  score?: number;
  density?: number;
  /** Boxes: ends of the whiskers, quartiles, mean. */
  lowest?: number;
  lowerQuartile?: number;
  median?: number;
  upperQuartile?: number;
  highest?: number;
  mean?: number;
}

/** From so many groups on, they are drawn in rows or panels of their own. */
export const manyGroups = 5;
/** More bars over each other than these hide each other. */
const mostBars = 2;

/** A group as it is drawn. */
interface Group {
  name: string;
  label: string;
  color: string;
  /** In the units of the axis: of a logarithmic one, exponents of 10. */
  values: readonly number[];
  /** Its row from below, where groups have rows: the same in every panel. */
  row: number;
}

/** What a kind makes of the groups of a panel. */
interface Drawing {
  traces: Trace[];
  yaxis: Axis;
  rows: DistributionRow[];
}

interface Style {
  look: Look;
  intervals: boolean;
  bins?: number;
  /** Of all panels: bars and curves are in the same places. */
  all: Group[];
  /** What the rows of boxes, violins and ridges are called, from above. */
  rows: string[];
  /** The score at a place of the axis. */
  score(place: number): number;
}

/**
 * Distributions of groups of values: bars, densities, steps, boxes, violins or ridges, in as many panels as there are.
 * @throws {RangeError} for a kind that has no bins, and values of a logarithmic axis that are not above 0
 */
export function drawDistribution(
  operation: string,
  panels: Panels,
  words: { title: string; axis: string },
  options: DistributionOptions,
): { traces: Trace[]; layout: Layout; rows: () => DistributionRow[]; kind: DistributionKind } {
  const { labels = {}, scale = 'linear', intervals = false, theme = 'notebook' } = options;
  const look = looks[theme];
  const found = [...panels.values()].flatMap((groups) => [...groups.keys()]);
  // A panel may lack a group that others have.
  const names = panels.size > 1 ? inOrder(operation, found) : found;
  const kind = kindOf(operation, names.length, options);
  const colours =
    names.length === 1 && !options.colours
      ? [coloursOf(operation, ['Pass'])[0]]
      : coloursOf(operation, names, options.colours);
  const log = scale === 'log';
  if (log) checkPositive(operation, panels);
  const shown = (name: string) => labels.groups?.[name] ?? name;
  const groupsOf = (groups: ReadonlyMap<string, readonly number[]>): Group[] =>
    [...groups].map(([name, values]) => ({
      name,
      label: panels.size > 1 ? shown(name) : `${shown(name)} (${values.length})`,
      color: colours[names.indexOf(name)],
      values: log ? values.map(Math.log10) : values,
      row: names.length - 1 - names.indexOf(name),
    }));

  // Many groups that would lie over each other have a panel each.
  const split = isOverlaid(kind) && names.length >= manyGroups && panels.size === 1;
  const listed = split
    ? groupsOf([...panels.values()][0]).map((group) => ({
        title: group.label,
        groups: [group],
      }))
    : [...panels].map(([title, groups]) => ({ title, groups: groupsOf(groups) }));
  const all = listed.flatMap(({ groups }) => groups);
  const style: Style = {
    look,
    intervals,
    bins: options.bins,
    all,
    rows: names.map((name) => all.find((group) => group.name === name)!.label),
    score: log ? (place) => 10 ** place : (place) => place,
  };
  const drawings = listed.map(({ groups }) => kinds[kind](groups, style));

  const xaxis: Axis = { title: { text: labels.x ?? words.axis }, ...axisOf(all, kind, drawings, log) };
  const yaxis: Axis = { ...drawings[0].yaxis, ...(labels.y !== undefined && { title: { text: labels.y } }) };
  let layout: Layout = { title: { text: words.title }, barmode: 'overlay', xaxis, yaxis };
  let traces = drawings.flatMap((drawing) => drawing.traces);
  if (listed.length > 1 || split) {
    const rowsHigh = isOverlaid(kind) ? 9 : 2.5 * Math.max(3, names.length);
    const grid = panelGrid(
      listed.map(({ title }) => title),
      look,
      { high: rowsHigh },
    );
    const range = sameRange(drawings);
    layout = gridLayout(
      { ...layout, yaxis: { ...yaxis, ...(range && { range }) }, ...(split && { showlegend: false }) },
      grid,
    );
    const named = new Set<string>();
    traces = drawings.flatMap((drawing, i) =>
      drawing.traces.map((trace) => {
        const first = trace.showlegend !== false && !named.has(groupOf(trace));
        if (first) named.add(groupOf(trace));
        return { ...trace, xaxis: grid.panels[i].x, yaxis: grid.panels[i].y, showlegend: first && !split };
      }),
    );
  } else if (!isOverlaid(kind)) {
    layout = {
      ...layout,
      showlegend: false,
      height: look.text * (10 + rowHeights[kind] * Math.max(3, names.length)),
    };
  }
  const rows = () =>
    drawings.flatMap((drawing, i) =>
      drawing.rows.map((row) => (panels.size > 1 ? { facet: listed[i].title, ...row } : row)),
    );
  return { traces, layout, rows, kind };
}

const rowHeights: Record<string, number> = { box: 2.4, violin: 3.4, ridge: 3 };
const isOverlaid = (kind: DistributionKind): boolean => !(kind in rowHeights);
const groupOf = ({ name, legendgroup }: Trace): string => legendgroup ?? name;

/** The kind that is asked for, or that suits the number of groups. */
function kindOf(operation: string, groups: number, { kind, bins }: DistributionOptions): DistributionKind {
  if (bins !== undefined && kind !== undefined && kind !== 'histogram')
    throw new RangeError(
      `${operation}: bins: belongs to kind 'histogram', received ${bins} with kind '${kind}'; leave one of the two out`,
    );
  if (kind) return kind;
  if (bins !== undefined || groups <= mostBars) return 'histogram';
  return groups < manyGroups ? 'density' : 'ridge';
}

function checkPositive(operation: string, panels: Panels): void {
  for (const groups of panels.values()) {
    for (const [name, values] of groups) {
      const wrong = values.find((value) => value <= 0);
      if (wrong === undefined) continue;
      throw new RangeError(
        `${operation}: scale: 'log' takes values above 0, received ${wrong} in the group "${name}"; leave scale out, or ` +
          'move the values',
      );
    }
  }
}

/** Range and ticks of the axis of the scores. */
function axisOf(
  all: readonly Group[],
  kind: DistributionKind,
  drawings: readonly Drawing[],
  log: boolean,
): Partial<Axis> {
  const edges = drawings.flatMap(({ traces }) => traces.flatMap((trace) => reachOf(trace)));
  const { lowest, highest } = extent(edges.length > 0 ? edges : all.flatMap(({ values }) => values));
  const space = kind === 'ecdf' || kind === 'box' ? (highest - lowest || 1) * 0.03 : 0;
  const range: [number, number] = [lowest - space, highest + space];
  return { range, ...(log && logTicks(range)) };
}

function reachOf(trace: Trace): number[] {
  const space = trace.type === 'bar' ? trace.width : 0;
  return trace.x.flatMap((place) => [place - space, place + space]);
}

/** Ticks at powers of ten; at 2 and 5 times them as well where there are few. */
function logTicks([low, high]: [number, number]): Pick<Axis, 'tickvals' | 'ticktext'> {
  const powers = Array.from(
    { length: Math.floor(high) - Math.floor(low) + 1 },
    (_, i) => Math.floor(low) + i,
  );
  const steps = high - low > 3 ? [1] : [1, 2, 5];
  const values = powers
    .flatMap((power) => steps.map((step) => step * 10 ** power))
    .filter((value) => Math.log10(value) >= low && Math.log10(value) <= high);
  return {
    tickvals: values.map(Math.log10),
    ticktext: values.map((value) => String(Number(value.toPrecision(3)))),
  };
}

/** The range of heights that all panels share, where they differ. */
function sameRange(drawings: readonly Drawing[]): [number, number] | undefined {
  if (drawings[0].yaxis.range) return drawings[0].yaxis.range;
  const tops = drawings.flatMap(({ traces }) => traces.flatMap((trace) => trace.y));
  return [0, extent(tops).highest * 1.05];
}

const kinds: Record<DistributionKind, (groups: Group[], style: Style) => Drawing> = {
  histogram,
  density: densities,
  ecdf: steps,
  box: boxes,
  violin: violins,
  ridge: ridges,
};

/** Bars in the same bins, as shares of their group; Wilson's interval of each share. */
function histogram(groups: Group[], { all, bins, intervals, score }: Style): Drawing {
  const { width, centers, counts } = sharedBins(
    all.map(({ values }) => values),
    bins,
  );
  const rows: DistributionRow[] = [];
  const traces = groups.map((group): Trace => {
    const own = counts[all.indexOf(group)];
    const shares = own.map((count) => wilson(count, group.values.length));
    shares.forEach(({ value, low, high }, bin) => {
      const [from, to] = [score(centers[bin] - width / 2), score(centers[bin] + width / 2)];
      rows.push({
        group: group.name,
        from,
        to,
        count: own[bin],
        share: value,
        ...(intervals && { low, high }),
      });
    });
    return {
      type: 'bar',
      name: group.label,
      legendgroup: group.name,
      x: centers,
      y: shares.map(({ value }) => value),
      width,
      marker: { color: group.color, opacity: groups.length > 1 ? 0.55 : 0.8 },
      hovertemplate: '%{x:.3g}: %{y:.1%}',
      ...(intervals && { error_y: errorBars(shares, { color: group.color, thickness: 1.5, width: 0 }) }),
    };
  });
  const yaxis: Axis = { title: { text: all.length > 1 ? 'share of group' : 'share' }, tickformat: '.0%' };
  return { traces, yaxis, rows };
}

/** Kernel densities over each other; where asked, pointwise intervals f ± 1.96 √(f / (2 √π n h)). */
function densities(groups: Group[], { all, intervals, score }: Style): Drawing {
  const unit = unitOf(all.map(({ values }) => values));
  const rows: DistributionRow[] = [];
  const traces = groups.flatMap(({ name, label, color, values }): ScatterTrace[] => {
    const { x, y, bandwidth } = density(values, unit);
    const errors = y.map(
      (f) => normal975 * Math.sqrt(f / (2 * Math.sqrt(Math.PI) * values.length * bandwidth)),
    );
    const [low, high] = [y.map((f, i) => Math.max(0, f - errors[i])), y.map((f, i) => f + errors[i])];
    x.forEach((place, i) => {
      rows.push({
        group: name,
        score: score(place),
        density: y[i],
        ...(intervals && { low: low[i], high: high[i] }),
      });
    });
    const band = intervals
      ? [area(name, color, [...x, ...x.toReversed()], [...high, ...low.toReversed()], 0.2)]
      : [];
    const below = intervals ? [] : [area(name, color, [x[0], ...x, x[x.length - 1]], [0, ...y, 0], 0.15)];
    return [...band, ...below, line(label, name, color, x, y)];
  });
  return { traces, yaxis: { title: { text: 'density' } }, rows };
}

/** Shares of a group up to each score; where asked, the band of Dvoretzky, Kiefer and Wolfowitz for the whole curve. */
function steps(groups: Group[], { intervals, score }: Style): Drawing {
  const rows: DistributionRow[] = [];
  const traces = groups.flatMap(({ name, label, color, values }): ScatterTrace[] => {
    const sorted = Array.from(Float64Array.from(values).sort());
    const n = sorted.length;
    const kept = thin(n);
    const x = [sorted[0], ...kept.map((i) => sorted[i])];
    const y = [0, ...kept.map((i) => (i + 1) / n)];
    const reach = Math.sqrt(Math.log(2 / 0.05) / (2 * n));
    const [low, high] = [
      y.map((share) => Math.max(0, share - reach)),
      y.map((share) => Math.min(1, share + reach)),
    ];
    x.forEach((place, i) => {
      if (i > 0)
        rows.push({
          group: name,
          score: score(place),
          share: y[i],
          ...(intervals && { low: low[i], high: high[i] }),
        });
    });
    const curve: ScatterTrace = {
      ...line(label, name, color, x, y),
      line: { color, width: 2, shape: 'hv' },
      hovertemplate: 'up to %{x:.3g}: %{y:.1%}',
    };
    if (!intervals) return [curve];
    // Corners of the steps, there along the upper and back along the lower end.
    const corners = (ends: number[]) =>
      x.flatMap((place, i) =>
        i === 0
          ? [[place, ends[0]]]
          : [
              [place, ends[i - 1]],
              [place, ends[i]],
            ],
      );
    const outline = [...corners(high), ...corners(low).toReversed()];
    return [
      area(
        name,
        color,
        outline.map(([at]) => at),
        outline.map(([, share]) => share),
        0.2,
      ),
      curve,
    ];
  });
  return {
    traces,
    yaxis: { title: { text: 'share of clips up to the score' }, range: [0, 1], tickformat: '.0%' },
    rows,
  };
}

/** Rows of boxes: quartiles, whiskers to the last value within 1.5 quartile ranges, and dots for those beyond. */
function boxes(groups: Group[], style: Style): Drawing {
  const rows: DistributionRow[] = [];
  const traces = groups.flatMap((group): ScatterTrace[] => {
    const { name, color, values, row: at } = group;
    const box = boxOf(values);
    const { lowerQuartile: q1, median, upperQuartile: q3, lowest, highest } = box;
    rows.push({ group: name, ...inScores(box, style), mean: style.score(meanOf(values)) });
    const outside = values.filter((value) => value < lowest || value > highest);
    const text = `median ${style.score(median).toPrecision(3)}, quartiles ${style.score(q1).toPrecision(3)} and ${style.score(q3).toPrecision(3)}`;
    return [
      area(name, color, [q1, q3, q3, q1, q1], [at - 0.3, at - 0.3, at + 0.3, at + 0.3, at - 0.3], 0.35),
      line(name, name, color, [q1, q3, q3, q1, q1], [at - 0.3, at - 0.3, at + 0.3, at + 0.3, at - 0.3], 1.5),
      line(name, name, color, [lowest, q1], [at, at], 1.5),
      line(name, name, color, [q3, highest], [at, at], 1.5),
      { ...line(name, name, color, [median, median], [at - 0.3, at + 0.3], 3), hovertemplate: text },
      dots(
        name,
        color,
        thin(outside.length).map((row) => outside[row]),
        at,
        0.6,
        4,
      ),
      ...meanDot(group, style),
    ];
  });
  return { traces: inRows(traces), yaxis: rowAxis(style, 0.6, 0.6), rows };
}

/** Rows of densities that are mirrored, all of one area, with quartiles and median. */
function violins(groups: Group[], style: Style): Drawing {
  const shapes = densitiesOf(groups, style);
  const highest = Math.max(...shapes.map(({ y }) => extent(y).highest));
  const traces = groups.flatMap((group, i): ScatterTrace[] => {
    const { name, color, values, row: at } = group;
    const { x, y } = shapes[i];
    const half = y.map((f) => (0.46 * f) / highest);
    const outline = [...half.map((h) => at + h), ...half.map((h) => at - h).toReversed()];
    const { lowerQuartile, median, upperQuartile } = boxOf(values);
    return [
      area(name, color, [...x, ...x.toReversed()], outline, 0.4),
      line(name, name, color, [...x, ...x.toReversed(), x[0]], [...outline, outline[0]], 1.5),
      line(name, name, color, [lowerQuartile, upperQuartile], [at, at], 5),
      {
        ...dots(name, ink, [median], at, 1, 7),
        hovertemplate: `median ${style.score(median).toPrecision(3)}`,
      },
      ...meanDot(group, style),
    ];
  });
  return {
    traces: inRows(traces),
    yaxis: rowAxis(style, 0.6, 0.6),
    rows: densityRows(groups, shapes, style),
  };
}

/** How far a ridge reaches into the row above. */
const overlap = 1.7;

/** Rows of densities that stand on their row, all of one area; the first group is the highest row. */
function ridges(groups: Group[], style: Style): Drawing {
  const shapes = densitiesOf(groups, style);
  const highest = Math.max(...shapes.map(({ y }) => extent(y).highest));
  const traces = groups.flatMap((group, i): ScatterTrace[] => {
    const { name, color, values, row: at } = group;
    const { x, y } = shapes[i];
    const ridge = y.map((f) => at + (overlap * f) / highest);
    const median = boxOf(values).median;
    return [
      area(name, color, [x[0], ...x, x[x.length - 1]], [at, ...ridge, at], 0.55),
      line(name, name, color, x, ridge, 1.5),
      {
        ...line(name, name, color, [median, median], [at, at + 0.22], 3),
        hovertemplate: `median ${style.score(median).toPrecision(3)}`,
      },
      ...meanDot(group, style),
    ];
  });
  return {
    traces: inRows(traces),
    yaxis: rowAxis(style, 0.25, overlap + 0.1),
    rows: densityRows(groups, shapes, style),
  };
}

/** The mean of a group with Student's 95% interval, where intervals are asked for and there are two values. */
function meanDot({ name, values, row: at }: Group, { intervals }: Style): ScatterTrace[] {
  const interval = intervals && values.length > 1 ? meanInterval(values) : undefined;
  if (!interval) return [];
  const { value } = interval;
  const reach = errorBars([interval], { color: ink, thickness: 2, width: 0 });
  return [
    { ...dots(name, ink, [value], at, 1, 6), error_x: reach, hovertemplate: `mean ${value.toPrecision(3)}` },
  ];
}

type Box = Required<
  Pick<DistributionRow, 'lowest' | 'lowerQuartile' | 'median' | 'upperQuartile' | 'highest'>
>;

function boxOf(values: readonly number[]): Box {
  const sorted = Float64Array.from(values).sort();
  const [lowerQuartile, median, upperQuartile] = [0.25, 0.5, 0.75].map((share) => quantile(sorted, share));
  const reach = 1.5 * (upperQuartile - lowerQuartile);
  const within = sorted.filter((value) => value >= lowerQuartile - reach && value <= upperQuartile + reach);
  return { lowest: within[0], lowerQuartile, median, upperQuartile, highest: within[within.length - 1] };
}

const inScores = (box: Box, { score }: Style): Box =>
  Object.fromEntries(Object.entries(box).map(([name, place]) => [name, score(place)])) as never;

const densitiesOf = (groups: Group[], { all }: Style) => {
  const unit = unitOf(all.map(({ values }) => values));
  return groups.map(({ values }) => density(values, unit));
};

const densityRows = (
  groups: Group[],
  shapes: { x: number[]; y: number[] }[],
  { score }: Style,
): DistributionRow[] =>
  groups.flatMap(({ name }, i) =>
    shapes[i].x.map((place, j) => ({ group: name, score: score(place), density: shapes[i].y[j] })),
  );

const rowAxis = ({ rows }: Style, below: number, above: number): Axis => ({
  tickvals: rows.map((_, i) => rows.length - 1 - i),
  ticktext: rows,
  range: [-below, rows.length - 1 + above],
  showgrid: false,
});

const inRows = (traces: ScatterTrace[]): ScatterTrace[] =>
  traces.map((trace) => ({ ...trace, showlegend: false }));

const line = (
  name: string,
  group: string,
  color: string,
  x: number[],
  y: number[],
  width = 2,
): ScatterTrace => ({
  type: 'scatter',
  mode: 'lines',
  name,
  legendgroup: group,
  x,
  y,
  line: { color, width },
});

const area = (group: string, color: string, x: number[], y: number[], opacity: number): ScatterTrace => ({
  type: 'scatter',
  mode: 'none',
  name: group,
  legendgroup: group,
  showlegend: false,
  x,
  y,
  hoverinfo: 'skip',
  fill: 'toself',
  fillcolor: faded(color, opacity),
});

const dots = (
  group: string,
  color: string,
  x: number[],
  at: number,
  opacity: number,
  size: number,
): ScatterTrace => ({
  type: 'scatter',
  mode: 'markers',
  name: group,
  legendgroup: group,
  x,
  y: x.map(() => at),
  marker: { color, opacity, symbol: 'circle', size },
});
