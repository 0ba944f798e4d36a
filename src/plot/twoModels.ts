import type { ScoreColumns } from '../analysis/columns.js';
import type { Numbers } from '../analysis/completeRows.js';
import { pairedColumns } from '../analysis/pairedColumns.js';
import { comparisonOf, type TwoModels } from '../analysis/twoModels.js';
import { extent } from '../base/extent.js';
import { sharedBins } from './bins.js';
import { coloursOf, faded, palette } from './colours.js';
import { density, unitOf } from './density.js';
import { Figure } from './figure.js';
import { toPixels } from './length.js';
import { checkOptions, type FigureOptions, type PlotOptions } from './options.js';
import { heightFor, looks } from './theme.js';
import { thin } from './thin.js';
import { type Axis, errorBars, ink, type ScatterTrace, type Trace, verticalLine } from './traces.js';
import { pWords, withInterval } from './words.js';

/** Points that are drawn; more would be a solid cloud. */
const mostPoints = 1500;
/** Narrower figures have their panels below each other. */
const narrow = 480;

/** What the points of a label are called. */
const noLabel = 'no label';
const verdictOf: Record<string, boolean | undefined> = { Pass: true, Fail: false, [noLabel]: undefined };

/** A clip that both models have scored. */
export interface PairedScore {
  clip?: string;
  first: number;
  second: number;
  difference: number;
}

/** How two models are drawn. */
export type TwoOptions = FigureOptions & Pick<PlotOptions, 'colours' | 'bins'>;

/**
 * Two models on the same clips: a point for each clip, with the distribution of either model at its axis; and beside it the
 * differences clip by clip, with their mean and its paired 95% interval. The numbers are `sr.analysis.twoModels`'s.
 * @param first and `second`: tables with the columns `clip` and `score`, joined by the clip; `pass` of either colours the points
 * @param options `labels`: `x` and `y` name the models, default by the only metric or model of either table; `bins` of the differences; `colours` of Pass and Fail, and those of every figure
 * @throws {RangeError} for fewer than two clips in common, a clip that is scored twice, a score that is not finite, or an option that
 *   is not as it should be
 */
export function twoModels(
  first: ScoreColumns,
  second: ScoreColumns,
  options?: TwoOptions,
): Figure<PairedScore>;
/** The same of two lists: the scores of either model, clip by clip. */
export function twoModels(first: Numbers, second: Numbers, options?: TwoOptions): Figure<PairedScore>;
export function twoModels(
  first: ScoreColumns | Numbers,
  second: ScoreColumns | Numbers,
  options: TwoOptions = {},
): Figure<PairedScore> {
  checkOptions('twoModels', options, ['colours', 'bins']);
  const columns = pairedColumns('twoModels', first, second);
  const { first: x, second: y, clips, names } = columns;
  const verdicts = columns.labels?.some((label) => label !== undefined) ? columns.labels : undefined;
  const { spearman, difference, p, auc, ...counts } = comparisonOf(columns);
  const { labels = {}, theme = 'notebook' } = options;
  const look = looks[theme];
  const width = options.width === undefined ? look.width : toPixels('twoModels', 'width', options.width);
  const stacked = width < narrow;
  const [across, up] = [labels.x ?? names.first, labels.y ?? names.second];

  const chosen = thin(x.length, mostPoints);
  const unlabelled = verdicts?.includes(undefined) ? [noLabel] : [];
  const kinds = verdicts ? ['Pass', 'Fail', ...unlabelled] : ['clips'];
  const colors = verdicts || options.colours ? coloursOf('twoModels', kinds, options.colours) : [palette[0]];
  const points = kinds.map((name, kind): Trace => {
    const own = verdicts ? chosen.filter((i) => verdicts[i] === verdictOf[name]) : chosen;
    return {
      type: 'scatter',
      mode: 'markers',
      name: labels.groups?.[name] ?? name,
      showlegend: verdicts !== undefined,
      x: own.map((i) => x[i]),
      y: own.map((i) => y[i]),
      marker: { color: colors[kind], opacity: 0.5, symbol: 'circle', size: 5 },
      hovertemplate: '%{x:.3g}, %{y:.3g}',
    };
  });
  const [rangeX, rangeY] = [rangeOf(x), rangeOf(y)];
  const [low, high] = [Math.max(rangeX[0], rangeY[0]), Math.min(rangeX[1], rangeY[1])];
  const equal: Trace[] = low < high ? [{ ...line([low, high], [low, high]), name: 'equal scores' }] : [];

  const differences = x.map((score, i) => score - y[i]);
  const { width: wide, centers, counts: bars } = sharedBins([differences], options.bins);
  const shares = bars[0].map((count) => count / differences.length);
  const top = extent(shares).highest * 1.12;
  const histogram: Trace = {
    type: 'bar',
    name: 'differences',
    showlegend: false,
    x: centers,
    y: shares,
    width: wide,
    xaxis: 'x4',
    yaxis: 'y4',
    marker: { color: ink, opacity: 0.5 },
    hovertemplate: '%{x:.3g}: %{y:.1%}',
  };
  const mean: Trace = {
    type: 'scatter',
    mode: 'markers',
    name: 'mean difference',
    showlegend: false,
    x: [difference.value],
    y: [top],
    xaxis: 'x4',
    yaxis: 'y4',
    error_x: errorBars([difference], { color: colors[0], thickness: 3, width: 0 }),
    marker: { color: colors[0], symbol: 'circle', size: 7 },
    hovertemplate: withInterval(difference),
  };
  const margins = [
    ...margin(x, (places, heights) => ({ x: places, y: heights, xaxis: 'x', yaxis: 'y2' })),
    ...margin(y, (places, heights) => ({ x: heights, y: places, xaxis: 'x3', yaxis: 'y' })),
  ];
  const right = stacked ? 1 : 0.56;
  const floor = stacked ? 0.42 : 0;
  const hidden: Axis = { visible: false };
  const title = `Two models on ${counts.clips} clips: Spearman ${withInterval(spearman)}`;
  const found = [
    `difference ${withInterval(difference)}, ${pWords(p)}`,
    ...(auc ? [`AUC difference ${withInterval(auc.difference)}`] : []),
  ];
  const areas = auc ? [`AUC ${withInterval(auc.first)} and ${withInterval(auc.second)}`] : [];
  return new Figure(
    {
      operation: 'twoModels',
      traces: [...points, ...equal, ...margins, histogram, mean],
      layout: {
        title: { text: title, ...(theme !== 'paper' && { subtitle: { text: found.join('; ') } }) },
        xaxis: { title: { text: across }, domain: [0, right * 0.83], range: rangeX, anchor: 'y' },
        yaxis: { title: { text: up }, domain: [floor, floor + (1 - floor) * 0.8], range: rangeY },
        yaxis2: { ...hidden, domain: [floor + (1 - floor) * 0.83, 1], anchor: 'x', showgrid: false },
        xaxis3: { ...hidden, domain: [right * 0.85, right], anchor: 'y' },
        xaxis4: {
          title: { text: `${across} − ${up}` },
          domain: [stacked ? 0 : right + 0.1, 1],
          anchor: 'y4',
        },
        yaxis4: {
          ...{
            domain: stacked ? [0, 0.24] : [0, 1],
            anchor: 'x4',
            range: [0, top * 1.06],
            tickformat: '.0%',
          },
          ...(!stacked && { title: { text: 'share of clips' } }),
        },
        shapes: [verticalLine(0, '4')],
        height: heightFor(width, look) * (stacked ? 1.75 : 1.05),
        barmode: 'overlay',
      },
      summary: [title, ...found, ...areas].join('; '),
      note: noteOf(counts, verdicts),
      rows: () =>
        x.map((score, i) => ({
          ...(clips && { clip: clips[i] }),
          first: score,
          second: y[i],
          difference: differences[i],
        })),
    },
    options,
  );
}

/** What is left out, in words: clips that not both have scored; and of the AUC, those without a label. */
function noteOf(
  { onlyFirst, onlySecond, leftOut = 0 }: Pick<TwoModels, 'onlyFirst' | 'onlySecond' | 'leftOut'>,
  verdicts: readonly (boolean | undefined)[] | undefined,
): string | undefined {
  const clips = (count: number, of: string) =>
    count > 0 ? [`${count} ${count === 1 ? 'clip' : 'clips'} of ${of}`] : [];
  const left = [...clips(onlyFirst + onlySecond, 'one model only'), ...clips(leftOut, 'neither')];
  const unlabelled = verdicts?.filter((label) => label === undefined).length ?? 0;
  const notes = [
    ...(left.length > 0 ? [`left out: ${left.join(', ')}`] : []),
    ...(unlabelled > 0 ? [`no label: ${unlabelled} of ${verdicts!.length} clips`] : []),
  ];
  return notes.length > 0 ? notes.join('; ') : undefined;
}

/** The distribution at an axis, as an area. */
function margin(
  values: readonly number[],
  place: (places: number[], heights: number[]) => Pick<ScatterTrace, 'x' | 'y' | 'xaxis' | 'yaxis'>,
): Trace[] {
  const { x, y } = density(values, unitOf([values]));
  const [places, heights] = [
    [x[0], ...x, x[x.length - 1]],
    [0, ...y, 0],
  ];
  return [
    {
      type: 'scatter',
      mode: 'none',
      name: 'distribution',
      showlegend: false,
      ...place(places, heights),
      fill: 'toself',
      fillcolor: faded(ink, 0.4),
      hoverinfo: 'skip',
    },
  ];
}

const line = (x: number[], y: number[]): ScatterTrace => ({
  type: 'scatter',
  mode: 'lines',
  name: '',
  showlegend: false,
  x,
  y,
  line: { color: ink, width: 1, dash: 'dot' },
  hoverinfo: 'skip',
});

function rangeOf(values: readonly number[]): [number, number] {
  const { lowest, highest } = extent(values);
  const space = (highest - lowest || 1) * 0.08;
  return [lowest - space, highest + space];
}
