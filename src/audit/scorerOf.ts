import type { Reward } from '../model/rewards.js';
import type { ClipScorer } from '../model/scoreBatches.js';
import { functionScorer } from './functionScorer.js';
import { modelScorer } from './modelScorer.js';
import type { ScoreFunction, Scorer } from './scorer.js';

/** How a scorer is called. */
export interface ScorerOptions {
  /** Clips of a call, or that go through a model together. Default 16. */
  batchSize?: number;
  /** Seconds that a call of a function may take. Default 600. */
  seconds?: number;
}

/**
 * A model, a function, or a scorer that is one already, as a scorer.
 * @throws {TypeError} for anything else; {RangeError} for a model of several dimensions
 */
export function scorerOf(
  given: ClipScorer<Reward> | ScoreFunction | Scorer,
  { batchSize = 16, seconds = 600 }: ScorerOptions,
): Scorer {
  if (typeof given === 'function') return functionScorer(given, { batchSize, seconds });
  if (isModel(given)) {
    const { dimensions = [] } = given as { dimensions?: readonly string[] };
    if (dimensions.length > 1) {
      throw new RangeError(
        `audit: the model has the dimensions ${dimensions.join(', ')}; audit one, such as model.only(${JSON.stringify(dimensions[0])})`,
      );
    }
    return modelScorer(given, batchSize);
  }
  if (typeof given?.score === 'function') return given;
  throw new TypeError(
    'audit: expected a reward model, a function of clips, sr.audit.command(…) or sr.audit.served(…)',
  );
}

const isModel = (given: ClipScorer<Reward> | Scorer): given is ClipScorer<Reward> =>
  Object(given) === given && 'processor' in given;
