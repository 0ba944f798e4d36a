import type { RewardModelConfig } from './config.js';
import type { ParameterNames } from './family/family.js';
import { familyOf } from './family/familyOf.js';

/**
 * The names of a model's parts. `projection`, of which no reward but `good_token` is made, is undefined where it is the
 * table of embeddings.
 */
export function parameterNames(
  config: RewardModelConfig,
): Omit<ParameterNames, 'projection'> & { projection: string | undefined } {
  const { projection, ...names } = familyOf(config).parameterNames;
  return { ...names, projection: config.llm.tieWordEmbeddings ? undefined : projection };
}
