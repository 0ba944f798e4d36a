/** A small generator of world clips, and its post-training against a reward. */

export type { GrpoOptions, GrpoRecord, Reward } from './grpo.js';
export { grpo } from './grpo.js';
export type { Action } from './policy.js';
export { Policy } from './policy.js';
export { sample } from './sample.js';
