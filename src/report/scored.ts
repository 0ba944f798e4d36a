import { rowsOfGroups } from '../analysis/groups.js';
import type { ScoredClips } from '../data/tables/scoredClips.js';
import type { ClipRatings } from './clipRatings.js';

/** The clips that have a score of a metric. */
export interface MetricScores {
  metric: string;
  /** Place of each clip in the file. */
  clips: number[];
  ids: string[];
  scores: number[];
  groups?: string[];
  prompts?: string[];
}

/** The clips that have a score and a label of a dimension. */
export interface LabelledScores extends MetricScores {
  dimension: string;
  labels: boolean[];
}

/** The clips that have a score and a rating of a dimension. */
export interface RatedScores extends MetricScores {
  dimension: string;
  ratings: number[];
}

/** The scores of one metric, without the clips that have none. */
export function metricScores(scored: ScoredClips, metric: number): MetricScores {
  const { name, values } = scored.metrics[metric];
  const clips: number[] = [];
  values.forEach((value, clip) => {
    if (!Number.isNaN(value)) clips.push(clip);
  });
  return {
    metric: name,
    clips,
    ids: pick(scored.ids, clips),
    scores: clips.map((clip) => values[clip]),
    ...(scored.groups && { groups: pick(scored.groups, clips) }),
    ...(scored.prompts && { prompts: pick(scored.prompts, clips) }),
  };
}

/** Those that have a label of the dimension. */
export function labelled(scores: MetricScores, people: ClipRatings): LabelledScores {
  const { dimension } = people;
  const { labels } = people.byMetric?.get(scores.metric) ?? people;
  const kept = subset(scores, (clip) => labels[clip] !== undefined);
  return { ...kept, dimension, labels: kept.clips.map((clip) => labels[clip] as boolean) };
}

/** Those that have a rating of the dimension. */
export function rated(scores: MetricScores, people: ClipRatings): RatedScores {
  const { dimension } = people;
  const { ratings } = people.byMetric?.get(scores.metric) ?? people;
  const kept = subset(scores, (clip) => !Number.isNaN(ratings[clip]));
  return { ...kept, dimension, ratings: kept.clips.map((clip) => ratings[clip]) };
}

/** The scores of some clips, by their place in the file. */
export function subset(scores: MetricScores, keep: (clip: number) => boolean): MetricScores {
  const kept: number[] = [];
  for (let i = 0; i < scores.clips.length; i++) if (keep(scores.clips[i])) kept.push(i);
  if (kept.length === scores.clips.length) return scores;
  return {
    metric: scores.metric,
    clips: pick(scores.clips, kept),
    ids: pick(scores.ids, kept),
    scores: pick(scores.scores, kept),
    ...(scores.groups && { groups: pick(scores.groups, kept) }),
    ...(scores.prompts && { prompts: pick(scores.prompts, kept) }),
  };
}

/** Some of a list, by index. */
export const pick = <T>(list: readonly T[], indices: readonly number[]): T[] => indices.map((i) => list[i]);

/** Indices of each group, the largest first; of equally large ones by name. */
export function members(groups: readonly string[]): Map<string, number[]> {
  return new Map([...rowsOfGroups(groups)].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1)));
}

/** Whether Pass and Fail are both there, two of each at least: less says nothing of a spread. */
export function tellsApart(labels: readonly boolean[]): boolean {
  const passes = labels.reduce((sum, label) => sum + Number(label), 0);
  return passes >= 2 && labels.length - passes >= 2;
}
