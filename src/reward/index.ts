/** Several rewards as one: mixed, as advantages of groups, or as an ensemble. */

export { gdpoAdvantages, grpoAdvantages } from './advantages.js';
export type { EnsembleScores } from './ensemble.js';
export { ensemble } from './ensemble.js';
export type { Mixed, PartAgreement, PartReport, RewardPart } from './mix.js';
export { mix } from './mix.js';
