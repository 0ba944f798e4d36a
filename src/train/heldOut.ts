import type { ColumnTable } from 'arquero';
import { allPairRatio } from '../analysis/allPairRatio.js';
import { mean } from '../analysis/distribution.js';
import { meanMargin, pairAccuracy } from '../analysis/pairs.js';
import type { Clip } from '../data/clip.js';
import { clipsOf } from '../data/votes/clipsOf.js';
import { scoreStage } from '../model/stages/scoreStage.js';
import type { Stage } from '../model/stages/stage.js';
import type { Pair } from '../pairing/pair.js';

/** How well a model orders held-out clips. */
export interface Evaluation {
  /** Share of win-lose pairs whose chosen clip has the higher reward; a tie of rewards is an error. */
  evalAccuracy: number;
  /** Mean of chosen minus rejected over win-lose pairs. */
  evalMargin: number;
  /** Mean reward of the clips. */
  evalMeanReward: number;
}

/** Held-out clips, and what is measured on their scores. */
export interface HeldOut {
  clips: Clip[];
  /** All that is asked of them, in words: each label, or each pair. */
  labels: string[];
  /** @param scores by clip id; clips without one are left out. @throws when no pair is left. */
  measure(scores: ReadonlyMap<string, number>): Evaluation;
}

/**
 * What to evaluate on: labels, of which every Pass clip is compared with every Fail clip of the dimension, whatever
 * their prompts; or given pairs, of which the win-lose pairs count.
 * @throws when there is no pair of a Pass and a Fail clip.
 */
export function heldOutOf(evaluate: ColumnTable | readonly Pair[], dimension: string): HeldOut {
  if (Array.isArray(evaluate)) return heldOutPairs(evaluate);
  const labelled = clipsOf(evaluate as ColumnTable, dimension);
  const idsOf = (wanted: boolean) => labelled.flatMap(({ clip, pass }) => (pass === wanted ? [clip.id] : []));
  const [passes, fails] = [idsOf(true), idsOf(false)];
  if (passes.length === 0 || fails.length === 0) {
    throw new Error(
      `fit: the held-out labels of "${dimension}" have ${passes.length} Pass and ${fails.length} Fail clips; ` +
        'evaluation needs both',
    );
  }
  return {
    clips: labelled.map(({ clip }) => clip),
    labels: labelled.map(({ clip, pass }) => JSON.stringify([clip.id, pass])),
    measure(scores) {
      const rewards = (ids: string[]) => ids.flatMap((id) => scores.get(id) ?? []);
      const [won, lost] = [rewards(passes), rewards(fails)];
      checkCount(Math.min(won.length, lost.length));
      const labels = [...won.map(() => true), ...lost.map(() => false)];
      return {
        evalAccuracy: allPairRatio([...won, ...lost], labels),
        evalMargin: mean(won) - mean(lost),
        evalMeanReward: mean([...won, ...lost]),
      };
    },
  };
}

function heldOutPairs(pairs: readonly Pair[]): HeldOut {
  const decided = pairs.filter(({ kind }) => kind === 'win-lose');
  if (decided.length === 0) {
    throw new Error(
      `fit: none of the ${pairs.length} held-out pairs is a win-lose pair; evaluation needs some`,
    );
  }
  const clips = new Map(
    decided.flatMap(({ chosen, rejected }) => [chosen, rejected]).map((clip) => [clip.id, clip]),
  );
  return {
    clips: [...clips.values()],
    labels: decided.map(({ chosen, rejected }) => JSON.stringify([chosen.id, rejected.id])),
    measure(scores) {
      const scored = decided.filter(
        ({ chosen, rejected }) => scores.has(chosen.id) && scores.has(rejected.id),
      );
      checkCount(scored.length);
      const chosen = scored.map((pair) => scores.get(pair.chosen.id) as number);
      const rejected = scored.map((pair) => scores.get(pair.rejected.id) as number);
      return {
        evalAccuracy: pairAccuracy(chosen, rejected),
        evalMargin: meanMargin(chosen, rejected),
        evalMeanReward: mean([...scores.values()]),
      };
    },
  };
}

/** Scores and measures held-out clips with the weights as they are. */
export async function evaluateOn(
  { clips, measure }: HeldOut,
  stage: Stage,
  batchSize: number,
  signal?: AbortSignal,
): Promise<Evaluation> {
  const scores = new Map<string, number>();
  const odd: string[] = [];
  for await (const batch of scoreStage(stage, clips, { batchSize, signal })) {
    for (const { clip, score } of batch.scores) scores.set(clip.id, score);
    for (const { clip, reason } of batch.failures)
      if (!stage.failures.has(clip.id)) odd.push(`${clip.id}: ${reason}`);
  }
  if (odd.length > 0) {
    console.warn(
      `fit: the score of ${odd.length} of ${clips.length} held-out clips is not a number, and they are left out (${odd.slice(0, 5).join(', ')})`,
    );
  }
  return measure(scores);
}

function checkCount(pairs: number): void {
  if (pairs === 0)
    throw new Error('fit: none of the held-out pairs has two clips that can be read and scored');
}
