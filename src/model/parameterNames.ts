import { isInternVL, type RewardModelConfig } from './config.js';

/** How the official checkpoints of a family name the parts of a model. */
export interface ParameterNames {
  /** Prefixes of all parameters before the decoder. */
  vision: string[];
  /** Prefix of the decoder's parameters. */
  decoder: string;
  /** The vocabulary projection, which no reward but `good_token` is made of; undefined where it is tied. */
  projection: string | undefined;
}

/** The names of a model's parts. Source: official implementation, state dict. */
export function parameterNames(config: RewardModelConfig): ParameterNames {
  const internvl = isInternVL(config);
  const own = internvl ? 'language_model.lm_head.weight' : 'lm_head.weight';
  return {
    vision: internvl ? ['vision_model.', 'mlp1.'] : ['visual.'],
    decoder: internvl ? 'language_model.model' : 'model',
    projection: config.llm.tieWordEmbeddings ? undefined : own,
  };
}
