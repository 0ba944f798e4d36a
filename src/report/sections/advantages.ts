import { groupAdvantages } from '../../analysis/groupAdvantages.js';
import { influenceError, meanOf, normalInterval } from '../../analysis/influence.js';
import { comparePairs } from '../../analysis/rank.js';
import type { Interval } from '../../base/bootstrap.js';
import { groupShares } from '../../plot/groupShares.js';
import type { Part, Section } from '../part.js';
import { type LabelledScores, type MetricScores, members, pick, subset } from '../scored.js';
import { count, interval, number, percent } from '../words.js';

/** What GRPO would learn from the scores: advantages within the clips of a prompt. */
export function advantages(data: MetricScores, labelled: readonly LabelledScores[]): Section | undefined {
  if (!data.prompts) return undefined;
  const sizes = new Map<string, number>();
  for (const prompt of data.prompts) sizes.set(prompt, (sizes.get(prompt) ?? 0) + 1);
  const shared = new Set(data.clips.filter((_, i) => sizes.get(data.prompts![i])! > 1));
  if (shared.size === 0) return undefined;
  const { clips, scores, prompts, metric } = subset(data, (clip) => shared.has(clip));
  const found = groupAdvantages(scores, prompts!);
  const [best, second] = topTwo(found.advantages, prompts!);

  const parts: Part[] = [
    {
      kind: 'figure',
      figure: groupShares(new Map([['clips', found.advantages]]), {
        title: `${metric}: advantages`,
        axis: 'advantage within the prompt',
      }),
      title: 'Advantages within a prompt',
      text:
        `Score less the mean of its prompt, over the prompt's deviation, in ${count(found.groups, 'prompt')} of two ` +
        `clips and more. The best clip of a prompt has ${number(best)} on average, the second ${number(second)}; ` +
        `${count(found.flat, 'prompt')} (${percent(found.flat / found.groups)}) ` +
        `${found.flat === 1 ? 'has' : 'have'} equal scores and would teach nothing.`,
    },
  ];
  const dimensions: object[] = [];
  const advantageOf = new Float64Array(clips[clips.length - 1] + 1).fill(Number.NaN);
  clips.forEach((clip, i) => {
    advantageOf[clip] = found.advantages[i];
  });
  for (const data of labelled) {
    const { dimension } = data;
    const of = (label: boolean) =>
      data.clips
        .filter((_, i) => data.labels[i] === label)
        .map((clip) => advantageOf[clip])
        .filter(isKnown);
    const [passing, failing] = [of(true), of(false)];
    if (passing.length === 0 || failing.length === 0) continue;
    const { pairs, ratio } = pairsWithinPrompts(data);
    const [pass, fail] = [meanOf(passing), meanOf(failing)];
    dimensions.push({ dimension, passMean: pass, failMean: fail, pairs, rightOrder: ratio });
    const order = pairs > 0 ? `${interval(ratio, percent)} of ${count(pairs, 'pair')}` : 'there is no pair';
    parts.push({
      kind: 'figure',
      figure: groupShares(
        new Map([
          ['Pass', passing],
          ['Fail', failing],
        ]),
        { title: `Advantages by ${dimension}`, axis: 'advantage within the prompt' },
      ),
      title: `Advantages of passing and failing clips: ${dimension}`,
      text:
        `Passing clips have ${number(pass)} on average, failing ones ${number(fail)}. Pairs of a passing and a failing ` +
        `clip of one prompt in the right order: ${order}.`,
    });
  }
  return {
    title: 'Advantages within prompts',
    parts,
    values: {
      prompts: found.groups,
      flat: found.flat,
      best,
      second,
      ...(dimensions.length > 0 && { dimensions }),
    },
  };
}

const isKnown = (value: number): boolean => !Number.isNaN(value);

/** The mean over prompts of the highest advantage, and of the next. */
function topTwo(advantages: readonly number[], prompts: readonly string[]): [number, number] {
  const tops = new Map<string, [number, number]>();
  advantages.forEach((value, i) => {
    const top = tops.get(prompts[i]);
    if (!top) tops.set(prompts[i], [value, Number.NEGATIVE_INFINITY]);
    else if (value > top[0]) [top[0], top[1]] = [value, top[0]];
    else if (value > top[1]) top[1] = value;
  });
  let [first, second] = [0, 0];
  for (const top of tops.values()) {
    first += top[0] / tops.size;
    second += top[1] / tops.size;
  }
  return [first, second];
}

/** The share of pairs of a Pass and a Fail of one prompt that have the Pass above, with its interval over prompts. */
function pairsWithinPrompts({ scores, labels, prompts }: LabelledScores): { pairs: number; ratio: Interval } {
  const counts = [...members(prompts ?? []).values()]
    .map((rows) => comparePairs(pick(scores, rows), pick(labels, rows)))
    .filter(({ pairs }) => pairs > 0);
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  const pairs = sum(counts.map((of) => of.pairs));
  const ratio = sum(counts.map((of) => of.wins)) / pairs;
  const influences = counts.map((of) => ((of.wins - ratio * of.pairs) * counts.length) / pairs);
  return { pairs, ratio: normalInterval(ratio, influenceError(influences), [0, 1]) };
}
