import { aucInterval } from '../../analysis/delong.js';
import { meanOf } from '../../analysis/influence.js';
import { averagePrecision } from '../../analysis/precisionRecall.js';
import { comparePairs } from '../../analysis/rank.js';
import { Random } from '../../base/random.js';
import { groupShares } from '../../plot/groupShares.js';
import { pairMargins } from '../../plot/pairMargins.js';
import { precisionRecallCurve } from '../../plot/precisionRecallCurve.js';
import { roc } from '../../plot/roc.js';
import { aroundHalf, type Part, type Section } from '../part.js';
import { type LabelledScores, members, tellsApart } from '../scored.js';
import { count, interval, number, percent, short } from '../words.js';

const drawnPairs = 50_000;
const listedGroups = 20;

/** How well the scores tell Pass from Fail: distributions, ROC, precision and recall, margins. */
export function labels(data: LabelledScores, by?: string): Section {
  const { metric, scores, labels, prompts, dimension } = data;
  const passing = scores.filter((_, i) => labels[i]);
  const failing = scores.filter((_, i) => !labels[i]);
  const area = aucInterval(scores, labels, prompts);
  const precision = averagePrecision(scores, labels);
  const { wins, ties, pairs } = comparePairs(scores, labels);
  const ratio = wins / pairs;
  const margin = meanOf(passing) - meanOf(failing);
  const passShare = passing.length / scores.length;
  const ofPrompts = prompts ? ', the interval over prompts' : '';

  const parts: Part[] = [
    {
      kind: 'figure',
      figure: groupShares(
        new Map([
          ['Pass', passing],
          ['Fail', failing],
        ]),
        { title: `${metric} by ${dimension}`, axis: metric },
      ),
      title: 'Scores of passing and failing clips',
      text:
        `${count(passing.length, 'clip')} pass with mean ${number(meanOf(passing))}, ${count(failing.length)} fail with ` +
        `mean ${number(meanOf(failing))}: each is shown as shares of its own.`,
    },
    {
      kind: 'figure',
      figure: roc(scores, labels),
      title: 'ROC',
      text:
        `A passing clip is above a failing one in ${percent(area.value)} of all pairs, ties counted half: AUC ` +
        `${interval(area)}${ofPrompts}. Chance is 0.5.`,
    },
    {
      kind: 'figure',
      figure: precisionRecallCurve(scores, labels),
      title: 'Precision and recall',
      text: `Average precision ${interval(precision)}; a score that says nothing has ${number(passShare)}, the share of Pass.`,
    },
    {
      kind: 'figure',
      figure: pairMargins(margins(passing, failing)),
      title: 'Margins of pairs',
      text:
        `Score of the passing less that of the failing clip: ${number(margin)} on average over ${count(pairs)} pairs, ` +
        `${percent(ratio)} in the right order and ${percent(ties / pairs)} tied` +
        `${pairs > drawnPairs ? `; ${count(drawnPairs)} random pairs are drawn` : ''}.`,
    },
  ];
  const groups = groupAreas(data);
  if (groups.length > 0) {
    parts.push({
      kind: 'table',
      header: [by ?? 'group', 'clips', 'Pass', 'AUC'],
      rows: groups.map(({ group, clips, pass, area }) => [group, clips, percent(pass), aroundHalf(area)]),
      text: 'AUC within each group: where it is much lower than over all, the score knows the group rather than the clip.',
    });
  }
  return {
    title: `Telling Pass from Fail: ${dimension}`,
    headline: `AUC ${interval(area)} on ${dimension}`,
    parts,
    values: {
      clips: scores.length,
      passShare,
      auc: area,
      averagePrecision: precision,
      allPairRatio: ratio,
      tiedShare: ties / pairs,
      meanMargin: margin,
      ...(groups.length > 0 && { groups: groups.map(({ area, ...group }) => ({ ...group, auc: area })) }),
    },
  };
}

function groupAreas({ scores, labels, groups, prompts }: LabelledScores) {
  const byGroup = members(groups ?? []);
  if (byGroup.size < 2) return [];
  return [...byGroup].slice(0, listedGroups).flatMap(([group, rows]) => {
    const pick = <T>(list: readonly T[]) => rows.map((row) => list[row]);
    const own = pick(labels);
    if (!tellsApart(own)) return [];
    const pass = own.filter(Boolean).length / own.length;
    const area = aucInterval(pick(scores), own, prompts && pick(prompts));
    return [{ group: short(group), clips: rows.length, pass, area }];
  });
}

/** All margins, or those of random pairs where they are too many. */
function margins(passing: number[], failing: number[]): number[] {
  if (passing.length * failing.length <= drawnPairs)
    return passing.flatMap((pass) => failing.map((fail) => pass - fail));
  const random = new Random(0);
  return Array.from({ length: drawnPairs }, () => random.choice(passing) - random.choice(failing));
}
