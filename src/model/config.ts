import type { InternVLConfig } from './family/internvl/config.js';
import type { QwenVLConfig } from './family/qwenVl/config.js';

/** The official `model_type` of the models that are there. */
export const families = ['InternVL3', 'InternVL3-5', 'Qwen2-VL', 'Qwen2.5-VL'] as const;
export type Family = (typeof families)[number];

/** A reward model: a backbone of one of the families and a reward head. */
export type RewardModelConfig = InternVLConfig | QwenVLConfig;
