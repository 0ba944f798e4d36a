/** Reward models: load, make, save. */

export type { RewardModelConfig } from './config.js';
export { heads } from './heads.js';
export type { Prompts } from './input/prompt.js';
export { dimensionPrompts, taskPrompts } from './input/prompt.js';
export { create, fromHub, load, save } from './load.js';
export { newHead } from './newHead.js';
export { presets } from './presets.js';
export type { RewardHeads } from './rewardHeads.js';
export type { RewardModel } from './rewardModel.js';
export { Features } from './stages/features.js';
export { tiny } from './tiny.js';
