/** Several rewards as one: mixed, as advantages of groups, or as an ensemble. */

export { gdpoAdvantages, grpoAdvantages } from './advantages.js';
export { ensemble } from './ensemble.js';
export type { Mixed, RewardPart } from './mix.js';
export { mix } from './mix.js';
