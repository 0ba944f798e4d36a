import type { ColumnTable } from 'arquero';
import { mean } from '../analysis/distribution.js';
import type { Clip } from '../data/clip.js';
import type { RewardHeads } from '../model/rewardHeads.js';
import type { RewardModel } from '../model/rewardModel.js';
import { type ScoreOptions, clips as scoreClips } from './clips.js';

/** Mean and deviation of a model's scores. */
export interface Scale {
  /** Mean of the scores. */
  mean: number;
  /** Their standard deviation. */
  deviation: number;
}

/**
 * Measures where the scores of a model lie, and how far apart: mean and sample deviation (n - 1) over clips that stay the same, as
 * `sr.reward.mix` takes them. They are kept in its card as `scoreMean` and `scoreDeviation`, so that `save` keeps them; the members
 * of an ensemble are brought to one scale by them, since a score has no unit and no zero.
 * @returns by head; of a model of one head by its dimension, or `reward`
 * @throws {RangeError} for fewer than two clips with a score, or scores that are all equal: no card is changed then
 */
export async function scale(
  model: RewardModel | RewardHeads,
  clips: readonly Clip[] | ColumnTable,
  options: ScoreOptions = {},
): Promise<Record<string, Scale>> {
  const heads = 'dimensions' in model ? model.heads : { [model.card.dimension ?? 'reward']: model };
  const scores = await scoreClips('dimensions' in model ? model.apart() : model, clips, options);
  const several = scores.metrics.length > 0;
  const scales = Object.keys(heads).map(
    (name) =>
      [name, scaleOf(name, several ? scores.of(name).array('score') : scores.array('score'))] as const,
  );
  for (const [name, { mean, deviation }] of scales) {
    Object.assign(heads[name].card, { scoreMean: mean, scoreDeviation: deviation });
  }
  return Object.fromEntries(scales);
}

function scaleOf(name: string, scores: readonly number[]): Scale {
  const middle = scores.length > 0 ? mean(scores) : Number.NaN;
  const squares = scores.reduce((sum, score) => sum + (score - middle) ** 2, 0);
  const deviation = Math.sqrt(squares / (scores.length - 1));
  if (deviation > 0) return { mean: middle, deviation };
  throw new RangeError(
    `scale: ${name}: expected scores that differ, received ${scores.length}${scores.length === 0 ? '' : `, each ${scores[0]}`}`,
  );
}
