import { initialize } from './initialize.js';
import { headConfig, type NewHead } from './load.js';
import { headSpecs, parameterSpecs } from './parameters.js';
import { RewardModel } from './rewardModel.js';
import { parameter, type Weights } from './weights/weights.js';

/**
 * A model with a new, seeded head over another model's backbone, whose parameters the two share: `dispose` of one ends both.
 * It is asked what the other is asked, and has the weights of `load(folder, { head })`.
 * @throws {RangeError} for `good_token`, which has no parameters of its own
 */
export function newHead(model: RewardModel, head: NewHead = {}): RewardModel {
  const config = { ...model.config, ...headConfig(model.config, head) };
  const specs = headSpecs(config);
  if (specs.size === 0) {
    throw new RangeError('newHead: good_token is not a head of its own; take another reduceSequence');
  }
  const fresh = initialize(specs, head.seed ?? 0);
  const weights: Weights = new Map(
    [...parameterSpecs(config).keys()].map((name) => [
      name,
      fresh.get(name) ?? parameter(model.weights, name),
    ]),
  );
  const { scoreMean: _, scoreDeviation: __, training: ___, ...card } = model.card;
  return new RewardModel(config, weights, model.processor, card);
}
