import { column, hasColumn, isList, isTable, type ScoreColumns } from '../analysis/columns.js';
import { completeRows, type Numbers, numbersOf } from '../analysis/completeRows.js';
import { mean } from '../analysis/distribution.js';
import { groupName } from '../analysis/groupName.js';
import { checkLengths } from '../analysis/validate.js';
import { type DistributionRow, drawDistribution, type Panels } from './distribution.js';
import { Figure } from './figure.js';
import { inOrder } from './groupNames.js';
import { checkOptions, type FigureOptions, type PlotOptions } from './options.js';
import type { Layout, Trace } from './traces.js';

/** How a distribution of scores is drawn; only bars have a number of bins. */
export type ScoreDistributionOptions = FigureOptions &
  Pick<PlotOptions, 'by' | 'facet' | 'scale' | 'intervals' | 'colours'> &
  (
    | { kind?: 'histogram'; bins?: number }
    | { kind: 'density' | 'ecdf' | 'box' | 'violin' | 'ridge'; bins?: never }
  );

/** Ticks of the rug of one group; more would be a solid bar. */
const rugTicks = 300;

/**
 * Distribution of scores by group: bars with a tick for each score; of three groups on densities, and of five on ridges, or as
 * `kind` says. Each group is shown as shares of its own, so that groups of unequal size can be compared.
 * Rows without a score are left out and counted below the title; a row without a group is of the group `none`.
 * @param scores a table with the column `score`, rows of it, or plain scores
 * @param options `by`: the column that says the group of a row (`label` is the column `pass` where a table has no column of that
 *   name); `facet`: the column of which each value has a panel; `kind`, `bins`, `scale`, `intervals`, `colours`, `title`,
 *   `subtitle`, `labels`, `width`, `height`, `theme`
 * @throws {RangeError} for no score, one that is neither missing nor finite, or an option that is not as it should be
 */
export function scoreDistribution(
  scores: ScoreColumns | Numbers,
  options?: ScoreDistributionOptions,
): Figure<DistributionRow>;
/** The same of two lists: scores, and the group of each. */
export function scoreDistribution(
  scores: Numbers,
  groups: ArrayLike<unknown>,
  options?: ScoreDistributionOptions & { by?: never; facet?: never },
): Figure<DistributionRow>;
export function scoreDistribution(
  scores: ScoreColumns | Numbers,
  second: ArrayLike<unknown> | ScoreDistributionOptions = {},
  third: ScoreDistributionOptions = {},
): Figure<DistributionRow> {
  const operation = 'scoreDistribution';
  const listed = isList(second) ? second : undefined;
  const options = isList(second) ? third : second;
  checkOptions(operation, options, ['by', 'facet', 'kind', 'bins', 'scale', 'intervals', 'colours']);
  const { by, facet, theme } = options;
  const { panels, note } = panelsOf(operation, scores, listed, options);
  const groups = [...panels.values()].flatMap((each) => [...each]);
  const title = by ? `Scores by ${by}` : 'Scores';
  const drawn = drawDistribution(operation, panels, { title, axis: 'score' }, options);
  // A rug needs room of its own: below bars that have the whole figure, on a screen.
  const single = panels.size === 1 && drawn.kind === 'histogram' && !('yaxis3' in drawn.layout);
  const { traces, layout } =
    single && (theme ?? 'notebook') === 'notebook' ? withRug(drawn, groups, options.scale) : drawn;
  const words = groups.map(([name, values]) => `${name}: ${inWords(values)}`).join('; ');
  const summary = `${facet ? `${title}, a panel for each ${facet}` : title}. ${words}`;
  return new Figure({ operation, traces, layout, summary, note, rows: drawn.rows }, options);
}

/** A row of ticks below the bars for each group. */
function withRug(
  { traces, layout }: { traces: Trace[]; layout: Layout },
  groups: readonly (readonly [string, readonly number[]])[],
  scale: PlotOptions['scale'],
): { traces: Trace[]; layout: Layout } {
  const height = 0.06 * groups.length;
  const rugs = groups.map(([name, values], group): Trace => {
    const ticks = everyFew(values, rugTicks);
    const bars = traces.find(({ legendgroup }) => legendgroup === name) as Trace & {
      marker: { color: string };
    };
    return {
      type: 'scatter',
      mode: 'markers',
      name,
      legendgroup: name,
      showlegend: false,
      x: scale === 'log' ? ticks.map(Math.log10) : ticks,
      y: ticks.map(() => -group),
      marker: { color: bars.marker.color, opacity: 0.6, symbol: 'line-ns-open', size: 10 },
      yaxis: 'y2',
      hoverinfo: 'skip',
    };
  });
  return {
    traces: [...traces, ...rugs],
    layout: {
      ...layout,
      yaxis: { ...layout.yaxis, domain: [height + 0.03, 1] },
      yaxis2: { domain: [0, height], range: [0.5 - groups.length, 0.5], visible: false },
    },
  };
}

/** The scores of each group in each panel. */
function panelsOf(
  operation: string,
  scores: ScoreColumns | Numbers,
  listed: ArrayLike<unknown> | undefined,
  { by, facet }: Pick<PlotOptions, 'by' | 'facet'>,
): { panels: Panels; note?: string } {
  const table = isTable(scores) ? scores : undefined;
  if (!table && (by || facet))
    throw new Error(
      `${operation}: ${by ? `by "${by}"` : `facet "${facet}"`} needs a table, received plain scores`,
    );
  if (table && listed)
    throw new Error(`${operation}: a table and a list of groups; give the groups as a column, with by`);
  const all = numbersOf(operation, table ? column(table, 'score', operation) : (scores as Numbers));
  if (all.length === 0) throw new RangeError(`${operation}: expected at least one score, received none`);
  if (listed) checkLengths(operation, 'groups', all.length, listed.length);
  const { columns, pick, note } = completeRows(operation, ['score'], [all]);
  const [values] = columns;
  const keys = (name: string) => {
    const found = name === 'label' && !hasColumn(table!, 'label') ? 'pass' : name;
    return pick(column(table!, found, operation)).map(groupName);
  };
  const groups = by ? keys(by) : listed ? pick(Array.from(listed, groupName)) : values.map(() => 'all');
  const facets = facet ? keys(facet) : values.map(() => '');
  const names = inOrder(operation, groups);
  const panels = new Map(inOrder(operation, facets).map((panel) => [panel, new Map<string, number[]>()]));
  for (const panel of panels.values()) for (const name of names) panel.set(name, []);
  values.forEach((value, row) => {
    panels.get(facets[row])!.get(groups[row])!.push(value);
  });
  for (const panel of panels.values())
    for (const name of names) if (panel.get(name)!.length === 0) panel.delete(name);
  return { panels, note };
}

/** At most `count` of the values, evenly over their order by size. */
function everyFew(values: readonly number[], count: number): number[] {
  if (values.length <= count) return [...values];
  const sorted = Float64Array.from(values).sort();
  return Array.from({ length: count }, (_, i) => sorted[Math.round((i * (sorted.length - 1)) / (count - 1))]);
}

function inWords(values: readonly number[]): string {
  const center = mean(values);
  const deviation = Math.sqrt(mean(values.map((value) => (value - center) ** 2)));
  return `${values.length} ${values.length === 1 ? 'score' : 'scores'}, mean ${center.toPrecision(3)}, deviation ${deviation.toPrecision(3)}`;
}
