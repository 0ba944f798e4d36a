import { argsort } from '../../base/argsort.js';
import type { ScoredClips } from '../../data/tables/scoredClips.js';
import type { ClipRatings } from '../clipRatings.js';
import type { Part, Section, ShownClip } from '../part.js';
import { labelled, type MetricScores } from '../scored.js';
import { number, percent } from '../words.js';

const shownOfEach = 3;

/** The clips to look at: the highest and lowest scores, and those where score and people disagree the most. */
export function clips(scores: MetricScores, scored: ScoredClips, people: readonly ClipRatings[]): Section {
  const show = (i: number, note: string): ShownClip => ({
    id: scores.ids[i],
    path: scored.paths?.[scores.clips[i]],
    prompt: scores.prompts?.[i],
    group: scores.groups?.[i],
    score: scores.scores[i],
    note,
  });
  const order = Array.from(argsort(scores.scores));
  const some = Math.min(shownOfEach, Math.floor(order.length / 2));
  const parts: Part[] = [
    {
      kind: 'clips',
      title: 'Highest scores',
      clips: order
        .slice(order.length - some)
        .reverse()
        .map((i) => show(i, '')),
    },
    { kind: 'clips', title: 'Lowest scores', clips: order.slice(0, some).map((i) => show(i, '')) },
  ];
  for (const judgement of people) parts.push(...disputed(scores, judgement, show));
  return {
    title: 'Clips to look at',
    parts,
    values: {
      clips: parts.flatMap((part) =>
        part.kind === 'clips'
          ? [{ title: part.title, clips: part.clips.map(({ id, score }) => ({ id, score })) }]
          : [],
      ),
    },
  };
}

function disputed(
  scores: MetricScores,
  judgement: ClipRatings,
  show: (i: number, note: string) => ShownClip,
): Part[] {
  const { dimension } = judgement;
  const judged = labelled(scores, judgement);
  const order = argsort(judged.scores);
  const firstOf = (label: boolean, from: Uint32Array) => {
    const found: number[] = [];
    for (let i = 0; i < from.length && found.length < shownOfEach; i++)
      if (judged.labels[from[i]] === label) found.push(from[i]);
    return found;
  };
  const showClip = (clip: number, note: string) => show(scores.clips.indexOf(clip), note);
  const noted = (i: number) => {
    const clip = judged.clips[i];
    const { ratings } = judgement.byMetric?.get(scores.metric) ?? judgement;
    const rating = judgement.graded ? `, rated ${number(ratings[clip])}` : '';
    return showClip(clip, `${judged.labels[i] ? 'Pass' : 'Fail'} in ${dimension}${rating}`);
  };
  const split = judged.clips
    .filter((clip) => judgement.dispute[clip] > 0)
    .sort((a, b) => judgement.dispute[b] - judgement.dispute[a])
    .slice(0, shownOfEach);
  const parts: Part[] = [
    {
      kind: 'clips',
      title: `Passing clips with the lowest scores: ${dimension}`,
      clips: firstOf(true, order).map(noted),
    },
    {
      kind: 'clips',
      title: `Failing clips with the highest scores: ${dimension}`,
      clips: firstOf(false, order.slice().reverse()).map(noted),
    },
    {
      kind: 'clips',
      title: `Clips that divide the annotators: ${dimension}`,
      clips: split.map((clip) =>
        showClip(clip, `${percent(judgement.dispute[clip])} of the votes against the rest`),
      ),
    },
  ];
  return parts.filter((part) => part.kind === 'clips' && part.clips.length > 0);
}
