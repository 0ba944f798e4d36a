import { groupAdvantages } from '../../analysis/groupAdvantages.js';
import { influenceError, meanOf, normalInterval } from '../../analysis/influence.js';
import { comparePairs } from '../../analysis/rank.js';
import type { Interval } from '../../base/bootstrap.js';
import { groupShares } from '../../plot/groupShares.js';
import type { Part, Section } from '../part.js';
import { type LabelledScores, type MetricScores, members } from '../scored.js';
import { count, interval, number, percent } from '../words.js';

/** What GRPO would learn from the scores: advantages within the clips of a prompt. */
export function advantages(data: MetricScores, labelled: readonly LabelledScores[]): Section | undefined {
  const { scores, prompts } = data;
  if (!prompts) return undefined;
  const byPrompt = [...members(prompts).values()].filter((rows) => rows.length > 1);
  if (byPrompt.length === 0) return undefined;
  const rows = byPrompt.flat();
  const ofPrompts = groupAdvantages(
    rows.map((row) => scores[row]),
    rows.map((row) => prompts[row]),
  );
  const advantageOf = new Map(rows.map((row, i) => [data.clips[row], ofPrompts.advantages[i]]));
  const sorted = byPrompt.map((group) =>
    group.map((row) => advantageOf.get(data.clips[row]) as number).sort((a, b) => b - a),
  );
  const best = meanOf(sorted.map(([first]) => first));
  const second = meanOf(sorted.map(([, next]) => next));
  const parts: Part[] = [
    {
      kind: 'figure',
      figure: groupShares(new Map([['clips', ofPrompts.advantages]]), {
        title: `${data.metric}: advantages`,
        axis: 'advantage within the prompt',
      }),
      title: 'Advantages within a prompt',
      text:
        `Score less the mean of its prompt, over the prompt's deviation, in ${count(byPrompt.length, 'prompt')} of two ` +
        `clips and more. The best clip of a prompt has ${number(best)} on average, the second ${number(second)}; ` +
        `${count(ofPrompts.flat, 'prompt')} (${percent(ofPrompts.flat / byPrompt.length)}) ` +
        `${ofPrompts.flat === 1 ? 'has' : 'have'} equal scores and would teach nothing.`,
    },
  ];
  const withinPrompts: object[] = [];
  for (const of of labelled) {
    const kept = of.clips.flatMap((clip, i) => (advantageOf.has(clip) ? [i] : []));
    const values = { Pass: [] as number[], Fail: [] as number[] };
    for (const i of kept) values[of.labels[i] ? 'Pass' : 'Fail'].push(advantageOf.get(of.clips[i]) as number);
    if (values.Pass.length === 0 || values.Fail.length === 0) continue;
    const { pairs, ratio } = pairsWithinPrompts(of);
    const [pass, fail] = [meanOf(values.Pass), meanOf(values.Fail)];
    withinPrompts.push({ dimension: of.dimension, passMean: pass, failMean: fail, pairs, rightOrder: ratio });
    parts.push({
      kind: 'figure',
      figure: groupShares(new Map(Object.entries(values)), {
        title: `Advantages by ${of.dimension}`,
        axis: 'advantage within the prompt',
      }),
      title: `Advantages of passing and failing clips: ${of.dimension}`,
      text:
        `Passing clips have ${number(pass)} on average, failing ones ${number(fail)}. Within a prompt ` +
        `${pairs > 0 ? `${interval(ratio, percent)} of ${count(pairs, 'pair')}` : 'no pairs'} of a passing and a failing clip ` +
        'are in the right order.',
    });
  }
  return {
    title: 'Advantages within prompts',
    parts,
    values: {
      prompts: byPrompt.length,
      flat: ofPrompts.flat,
      best,
      second,
      ...(withinPrompts.length > 0 && { dimensions: withinPrompts }),
    },
  };
}

/** The share of pairs of a Pass and a Fail of one prompt that have the Pass above, with its interval over prompts. */
function pairsWithinPrompts({ scores, labels, prompts }: LabelledScores): { pairs: number; ratio: Interval } {
  const counts = [...members(prompts ?? []).values()]
    .map((rows) =>
      comparePairs(
        rows.map((row) => scores[row]),
        rows.map((row) => labels[row]),
      ),
    )
    .filter(({ pairs }) => pairs > 0);
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  const pairs = sum(counts.map((of) => of.pairs));
  const ratio = sum(counts.map((of) => of.wins)) / pairs;
  const influences = counts.map((of) => ((of.wins - ratio * of.pairs) * counts.length) / pairs);
  return { pairs, ratio: normalInterval(ratio, influenceError(influences), [0, 1]) };
}
