import type { RewardModelConfig } from '../config.js';
import type { ModelFamily } from './family.js';
import { internvl } from './internvl/family.js';
import { qwenVl } from './qwenVl/family.js';

/** The families, a line each. */
const known = [internvl, qwenVl];

/** The family of a configuration. */
export function familyOf<Config extends RewardModelConfig>({ family }: Config): ModelFamily<Config> {
  const found = known.find(({ members }) => (members as readonly string[]).includes(family));
  if (!found) throw new Error(`familyOf: no family has the model "${family}"`);
  return found as unknown as ModelFamily<Config>;
}

/** The family that a value of `model_type` in the official `config.json` names; undefined where none has it. */
export function familyOfType(modelType: string): ModelFamily<RewardModelConfig> | undefined {
  const found = known.find(({ modelTypes }) => (modelTypes as readonly string[]).includes(modelType));
  return found as ModelFamily<RewardModelConfig> | undefined;
}

/** Every value of `model_type` that is known. */
export const modelTypes: string[] = known.flatMap(({ modelTypes }) => [...modelTypes]);
