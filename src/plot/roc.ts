import { finiteScores } from './columns.js';
import { Figure } from './figure.js';
import { ink, palette } from './traces.js';

/**
 * ROC curve: share of the passing clips above a threshold over the share of the failing ones, for every threshold,
 * with the area under it (AUC) in the title.
 * @param labels true for Pass; as many as scores, and both kinds
 */
export function roc(scores: readonly number[], labels: readonly boolean[]): Figure {
  const { x, y } = rocPoints(finiteScores(scores, 'roc'), labels);
  const title = `ROC: AUC ${areaUnder(x, y).toFixed(3)}`;
  return new Figure(
    [
      {
        type: 'scatter',
        mode: 'lines',
        name: 'scores',
        x,
        y,
        line: { color: palette[0], width: 2 },
        hovertemplate: 'Fail %{x:.1%}, Pass %{y:.1%}',
      },
      {
        type: 'scatter',
        mode: 'lines',
        name: 'chance',
        x: [0, 1],
        y: [0, 1],
        line: { color: ink, width: 1, dash: 'dot' },
        hoverinfo: 'skip',
      },
    ],
    {
      title: { text: title },
      xaxis: { title: { text: 'share of Fail above the threshold' }, range: [0, 1], tickformat: '.0%' },
      yaxis: { title: { text: 'share of Pass above the threshold' }, range: [0, 1], tickformat: '.0%' },
    },
    title,
  );
}

/** A point for each distinct score: clips of one score are above a threshold together. */
function rocPoints(scores: readonly number[], labels: readonly boolean[]): { x: number[]; y: number[] } {
  if (labels.length !== scores.length)
    throw new RangeError(
      `roc: expected a label for each of ${scores.length} scores, received ${labels.length}`,
    );
  const passes = labels.filter(Boolean).length;
  const fails = labels.length - passes;
  if (passes === 0 || fails === 0)
    throw new RangeError(`roc: expected Pass and Fail labels, received ${passes} Pass and ${fails} Fail`);
  const order = scores.map((_, clip) => clip).sort((a, b) => scores[b] - scores[a]);
  const x = [0];
  const y = [0];
  let passesAbove = 0;
  order.forEach((clip, above) => {
    if (labels[clip]) passesAbove++;
    if (scores[clip] === scores[order[above + 1]]) return;
    x.push((above + 1 - passesAbove) / fails);
    y.push(passesAbove / passes);
  });
  return { x, y };
}

/** Area under a curve of straight pieces, by trapezoids. */
function areaUnder(x: number[], y: number[]): number {
  return x.slice(1).reduce((area, right, i) => area + ((right - x[i]) * (y[i] + y[i + 1])) / 2, 0);
}
