import { type ByGroupOptions, type GroupRow, byGroup as rowsOf } from '../analysis/byGroup.js';
import { isList, type ScoreColumns } from '../analysis/columns.js';
import type { Numbers } from '../analysis/completeRows.js';
import type { Interval } from '../base/bootstrap.js';
import { extent } from '../base/extent.js';
import { leftOutWords } from '../base/missing.js';
import { coloursOf } from './colours.js';
import { Figure } from './figure.js';
import { checkOptions, type FigureOptions, type PlotOptions } from './options.js';
import { looks } from './theme.js';
import { type Annotation, type Axis, errorBars, ink, type Trace, verticalLine } from './traces.js';
import { pWords, withInterval } from './words.js';

/** A group as it is drawn, in numbers. */
export interface DrawnGroup {
  group: string;
  clips: number;
  mean: number;
  meanLow: number;
  meanHigh: number;
  difference: number;
  differenceLow: number;
  differenceHigh: number;
  /** Of Welch's test, and adjusted by Holm. */
  p: number;
  holm: number;
}

/** How groups are drawn. */
export type GroupOptions = FigureOptions &
  Pick<PlotOptions, 'by' | 'colours'> &
  Pick<ByGroupOptions, 'against'>;

/**
 * Mean score of each group with its 95% interval, and beside it the difference from the others, or from one group, with its
 * interval and p adjusted by Holm for the number of groups. Groups that do not differ are grey. Rows without a score are left out and counted below the title. The numbers are
 * `sr.analysis.byGroup`'s.
 * @param table a table with the column `score`
 * @param options `by`: the column of the group, default `generator`, `model`, `group` or `metric`; `against`: one group; `colours` and those of
 *   every figure
 * @throws {RangeError} for fewer than two groups, no score, one that is not finite, or an option that is not as it should be
 */
export function byGroup(table: ScoreColumns, options?: GroupOptions): Figure<DrawnGroup>;
/** The same of two lists: scores, and the group of each. */
export function byGroup(
  scores: Numbers,
  groups: ArrayLike<unknown>,
  options?: Omit<GroupOptions, 'by'>,
): Figure<DrawnGroup>;
export function byGroup(
  first: ScoreColumns | Numbers,
  second: ArrayLike<unknown> | GroupOptions = {},
  third: GroupOptions = {},
): Figure<DrawnGroup> {
  const options = isList(second) ? third : second;
  const { by, against, ...shown } = options;
  checkOptions('byGroup', { by, ...shown }, ['by', 'colours']);
  const rows = isList(second)
    ? rowsOf(first as Numbers, second, { against })
    : rowsOf(first as ScoreColumns, { by, against });
  const { leftOut } = rows[0];
  const { labels = {}, theme = 'notebook', colours } = options;
  const look = looks[theme];
  const colors = coloursOf(
    'byGroup',
    rows.map(({ group }) => group),
    colours,
  );
  const places = rows.map((_, i) => rows.length - 1 - i);
  const traces = rows.flatMap((row, i): Trace[] => [
    dot(row.group, row.mean, places[i], colors[i], 'x', 'y'),
    ...(Number.isNaN(row.p)
      ? []
      : [dot(row.group, row.difference, places[i], row.differs ? colors[i] : ink, 'x2', 'y2')]),
  ]);
  const names: Axis = {
    tickvals: places,
    ticktext: rows.map(({ group, clips }) => `${labels.groups?.[group] ?? group} (${clips})`),
    range: [-0.6, rows.length - 0.4],
    showgrid: false,
  };
  const from = against ?? 'the others';
  const title = `Scores by ${by ?? 'group'}: ${rows.filter(({ differs }) => differs).length} of ${rows.length} differ from ${from}`;
  const notes = rows.flatMap(({ p, holm }, i): Annotation[] =>
    Number.isNaN(p) ? [] : [note(pWords(holm), places[i], look.tick)],
  );
  const notesWide = 0.13 + (theme === 'paper' ? 0.05 : 0);
  return new Figure(
    {
      operation: 'byGroup',
      traces,
      layout: {
        title: { text: title },
        xaxis: {
          title: { text: labels.x ?? 'mean score' },
          domain: [0, 0.42],
          ...reach(rows.map(({ mean }) => mean)),
        },
        yaxis: names,
        xaxis2: {
          title: { text: labels.y ?? (theme === 'paper' ? 'difference' : `difference from ${from}`) },
          domain: [0.47, 1 - notesWide],
          anchor: 'y2',
          ...reach([...rows.map(({ difference }) => difference), { value: 0, low: 0, high: 0 }]),
        },
        yaxis2: { ...names, anchor: 'x2', showticklabels: false },
        shapes: [verticalLine(0, '2')],
        annotations: notes,
        showlegend: false,
        height: look.title * 3 + look.text * (6 + 2.2 * rows.length),
      },
      summary: `${title}. ${rows.map(({ group, mean, difference, holm, p }) => `${group} ${withInterval(mean)}${Number.isNaN(p) ? '' : `, difference ${withInterval(difference)}, Holm's ${pWords(holm)}`}`).join('; ')}`,
      note: leftOut === undefined ? undefined : leftOutWords(leftOut, ['score']),
      rows: () => rows.map(drawn),
    },
    shown,
  );
}

const drawn = ({ group, clips, mean, difference, p, holm }: GroupRow): DrawnGroup => ({
  group,
  clips,
  mean: mean.value,
  meanLow: mean.low,
  meanHigh: mean.high,
  difference: difference.value,
  differenceLow: difference.low,
  differenceHigh: difference.high,
  p,
  holm,
});

const dot = (
  name: string,
  interval: Interval,
  at: number,
  color: string,
  xaxis: 'x' | 'x2',
  yaxis: 'y' | 'y2',
): Trace => ({
  type: 'scatter',
  mode: 'markers',
  name,
  x: [interval.value],
  y: [at],
  xaxis,
  yaxis,
  error_x: errorBars([interval], { color, thickness: 2, width: 0 }),
  marker: { color, symbol: 'circle', size: 8 },
  hovertemplate: withInterval(interval),
});

const note = (text: string, at: number, size: number): Annotation => ({
  text,
  x: 1,
  y: at,
  xref: 'paper',
  yref: 'y2',
  showarrow: false,
  xanchor: 'right',
  yanchor: 'middle',
  font: { size },
});

/** A range around intervals. */
function reach(intervals: readonly Interval[]): Pick<Axis, 'range'> {
  const ends = intervals.flatMap(({ value, low, high }) => [value, low, high]).filter(Number.isFinite);
  const { lowest, highest } = extent(ends);
  const space = (highest - lowest || 1) * 0.08;
  return { range: [lowest - space, highest + space] };
}
