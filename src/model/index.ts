/** Reward models: load, make, save. */

export type { RewardModelConfig } from './config.js';
export type { InternVLFrameConfig } from './family/internvl/config.js';
export type { QwenFrameConfig } from './family/qwenVl/config.js';
export { heads } from './heads.js';
export type { Prompts } from './input/prompt.js';
export { dimensionPrompts, taskPrompts } from './input/prompt.js';
export type { CreateOptions, LoadOptions, NewHead, SaveOptions } from './load.js';
export { create, fromHub, load, save } from './load.js';
export { newHead } from './newHead.js';
export { presets } from './presets.js';
export type { RewardHeads } from './rewardHeads.js';
export type { RewardModel, Trainable } from './rewardModel.js';
export type { Rating, Reward } from './rewards.js';
export type { BatchOptions } from './scoreBatches.js';
export { Features } from './stages/features.js';
export type { TinyOptions } from './tiny.js';
export { tiny } from './tiny.js';
export type { ModelCard } from './weights/checkpoint.js';
export type { DownloadProgress, HubOptions } from './weights/hub.js';
export type { Patience } from './weights/hubFetch.js';
