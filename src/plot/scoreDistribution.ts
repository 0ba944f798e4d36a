import { column, columnNames, finiteScores, type ScoreColumns } from '../analysis/columns.js';
import { mean } from '../analysis/distribution.js';
import { sharedBins } from './bins.js';
import { Figure } from './figure.js';
import { type Layout, palette, type Trace } from './traces.js';

/** Ticks of the rug of one group; more would be a solid bar. */
const rugTicks = 300;

/**
 * Distribution of scores: for each group a histogram over the same bins, each bar the share of its own group, so
 * that groups of unequal size can be compared; and a rug with a tick for each score.
 * @param scores plain scores, or a table with the column `score`
 * @param options `by`: the column that says the group of a row; `label` is the column `pass` where a table has no
 * column of that name; `bins`: about how many
 */
export function scoreDistribution(
  scores: readonly number[] | ScoreColumns,
  options: { by?: string; bins?: number } = {},
): Figure {
  const operation = 'scoreDistribution';
  const groups = groupsOf(scores, options.by, operation);
  const names = [...groups.keys()];
  const { width, centers, counts } = sharedBins([...groups.values()], options.bins);

  const data: Trace[] = names.map((name, group) => ({
    type: 'bar',
    name: `${name} (${groups.get(name)!.length})`,
    legendgroup: name,
    x: centers,
    y: counts[group].map((count) => count / groups.get(name)!.length),
    width,
    marker: { color: palette[group % palette.length], opacity: names.length > 1 ? 0.55 : 0.8 },
    hovertemplate: '%{x:.3g}: %{y:.1%}',
  }));
  names.forEach((name, group) => {
    const ticks = everyFew(groups.get(name)!, rugTicks);
    data.push({
      type: 'scatter',
      mode: 'markers',
      name,
      legendgroup: name,
      showlegend: false,
      x: ticks,
      y: ticks.map(() => -group),
      marker: { color: palette[group % palette.length], opacity: 0.6, symbol: 'line-ns-open', size: 10 },
      yaxis: 'y2',
      hoverinfo: 'skip',
    });
  });

  const rugHeight = 0.06 * names.length;
  const title = options.by ? `Scores by ${options.by}` : 'Scores';
  const layout: Layout = {
    title: { text: title },
    barmode: 'overlay',
    xaxis: { title: { text: 'score' }, range: [centers[0] - width, centers[centers.length - 1] + width] },
    yaxis: { title: { text: 'share of group' }, tickformat: '.0%', domain: [rugHeight + 0.03, 1] },
    yaxis2: { domain: [0, rugHeight], range: [0.5 - names.length, 0.5], visible: false },
  };
  const summary = names.map((name) => `${name}: ${inWords(groups.get(name)!)}`).join('; ');
  return new Figure(data, layout, `${title}. ${summary}`);
}

/** Scores of each group; the groups in the order of their names, Pass before Fail. */
function groupsOf(
  scores: readonly number[] | ScoreColumns,
  by: string | undefined,
  operation: string,
): Map<string, number[]> {
  const plain = Array.isArray(scores) && typeof scores[0] !== 'object';
  if (plain && by) throw new Error(`${operation}: by "${by}" needs a table, received plain scores`);
  const table = scores as ScoreColumns;
  const values = finiteScores(plain ? (scores as number[]) : column(table, 'score', operation), operation);
  if (!by) return new Map([['all', values]]);
  const name = by === 'label' && !columnNames(table).includes('label') ? 'pass' : by;
  const keys = column(table, name, operation).map((key) =>
    typeof key === 'boolean' ? (key ? 'Pass' : 'Fail') : String(key),
  );
  const groups = new Map<string, number[]>();
  for (const key of [...new Set(keys)].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b)))
    groups.set(key, []);
  values.forEach((value, row) => {
    groups.get(keys[row])!.push(value);
  });
  return groups;
}

const rank = (name: string): number => (name === 'Pass' ? 0 : 1);

/** At most `count` of the values, evenly over their order by size. */
function everyFew(values: number[], count: number): number[] {
  if (values.length <= count) return values;
  const sorted = Float64Array.from(values).sort();
  return Array.from({ length: count }, (_, i) => sorted[Math.round((i * (sorted.length - 1)) / (count - 1))]);
}

function inWords(values: number[]): string {
  const center = mean(values);
  const deviation = Math.sqrt(mean(values.map((value) => (value - center) ** 2)));
  return `${values.length} scores, mean ${center.toPrecision(3)}, deviation ${deviation.toPrecision(3)}`;
}
