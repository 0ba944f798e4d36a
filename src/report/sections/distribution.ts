import { scoreCollapse } from '../../analysis/scoreCollapse.js';
import { wilson } from '../../analysis/wilson.js';
import { argsort } from '../../base/argsort.js';
import { quantile } from '../../base/quantile.js';
import { groupShares } from '../../plot/groupShares.js';
import type { Part, Section } from '../part.js';
import { type MetricScores, members } from '../scored.js';
import { count, number, percent, short } from '../words.js';

/** Groups in the figure and in the table, the largest. */
const drawnGroups = 8;
const listedGroups = 20;
/** Clips of one score above this share are a collapse. */
const collapsedShare = 0.05;
/** Scores this close, in deviations, are one to any use of them. */
const closeness = 1e-3;

interface Spread {
  clips: number;
  mean: number;
  deviation: number;
  low: number;
  median: number;
  high: number;
}

/** How the scores are spread, over all and by group, and whether they collapse into few values. */
export function distribution({ metric, scores, groups }: MetricScores, by?: string): Section {
  const all = spread(scores);
  const tolerance = closeness * all.deviation;
  const collapse = scoreCollapse(scores, { tolerance });
  const byGroup = members(groups ?? []);
  const grouped = byGroup.size > 1;
  const drawn = new Map<string, number[]>();
  if (grouped) {
    for (const [name, rows] of [...byGroup].slice(0, drawnGroups))
      drawn.set(
        short(name, 24),
        rows.map((row) => scores[row]),
      );
  } else drawn.set('scores', scores);
  const spreads = [...byGroup].map(([group, rows]) => ({ group, ...spread(rows.map((row) => scores[row])) }));

  const parts: Part[] = [
    {
      kind: 'figure',
      figure: groupShares(drawn, { title: `${metric}: distribution`, axis: metric }),
      title: grouped ? `Scores by ${by}` : 'Scores',
      text: grouped ? groupWords(spreads, drawn.size) : spreadWords(all),
    },
    { kind: 'text', text: collapseWords(collapse, scores.length) },
  ];
  if (grouped) {
    parts.push({
      kind: 'table',
      header: [by ?? 'group', 'clips', 'mean', 'deviation', '5%', 'median', '95%'],
      rows: spreads
        .slice(0, listedGroups)
        .map(({ group, clips, mean, deviation, low, median, high }) => [
          group,
          clips,
          ...[mean, deviation, low, median, high].map(number),
        ]),
      ...(byGroup.size > listedGroups && {
        text: `The ${listedGroups} largest of ${count(byGroup.size)} groups.`,
      }),
    });
  }
  return {
    title: 'Distribution, ties and collapse',
    parts,
    values: { ...all, collapse, ...(grouped && { groups: spreads }) },
    headline:
      `${count(all.clips, 'clip')}, mean ${number(all.mean)}, deviation ${number(all.deviation)}, ` +
      `${count(collapse.distinct, 'distinct value')}, the most frequent of ${percent(collapse.largestShare)}`,
  };
}

function spread(scores: readonly number[]): Spread {
  const order = argsort(scores);
  const sorted = new Float64Array(scores.length);
  for (let i = 0; i < sorted.length; i++) sorted[i] = scores[order[i]];
  let sum = 0;
  for (const score of scores) sum += score;
  const mean = sum / scores.length;
  let squares = 0;
  for (const score of scores) squares += (score - mean) ** 2;
  return {
    clips: scores.length,
    mean,
    deviation: Math.sqrt(squares / scores.length),
    low: quantile(sorted, 0.05),
    median: quantile(sorted, 0.5),
    high: quantile(sorted, 0.95),
  };
}

function spreadWords({ clips, mean, deviation, low, high }: Spread): string {
  return (
    `${count(clips, 'clip')}: mean ${number(mean)}, deviation ${number(deviation)}; ` +
    `nine in ten are between ${number(low)} and ${number(high)}.`
  );
}

function groupWords(spreads: (Spread & { group: string })[], drawn: number): string {
  const byMean = [...spreads].sort((a, b) => b.mean - a.mean);
  const [best, worst] = [byMean[0], byMean[byMean.length - 1]];
  const rest =
    spreads.length > drawn ? ` The ${drawn} largest of ${count(spreads.length)} groups are drawn.` : '';
  return (
    `Each group is shown as shares of its own clips. The highest mean is that of ` +
    `${short(best.group)} (${number(best.mean)}), the lowest that of ${short(worst.group)} (${number(worst.mean)}).${rest}`
  );
}

function collapseWords(
  { distinct, largestShare }: { distinct: number; largestShare: number },
  clips: number,
) {
  const facts =
    `${count(clips, 'score')} hold ${count(distinct, 'distinct value')} (closer ones than a thousandth of the ` +
    `deviation count as one); the most frequent is given to ${percent(largestShare)} of the clips.`;
  // By Wilson's interval the share is above what a verdict needs, not just in this sample.
  const { low } = wilson(Math.round(largestShare * clips), clips);
  return low > collapsedShare && distinct < clips
    ? `${facts} That is a collapse: clips with one score cannot be ranked.`
    : facts;
}
