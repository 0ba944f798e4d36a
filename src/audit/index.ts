/** What a reward sees, and where it can be cheated: clips and prompts changed in known ways, and verdicts. */

export type { Audit } from './audit.js';
export { command } from './commandScorer.js';
export { compare } from './compare.js';
export type { Expectation, Expectations } from './expectations.js';
export { expectations } from './expectations.js';
export type { AuditOptions } from './run.js';
export { run } from './run.js';
export type { AuditedClip, ScoreFunction, Scorer } from './scorer.js';
export { served } from './servedScorer.js';
export { families } from './variants.js';
export type { Verdict } from './verdicts.js';
export { worldTruth } from './worldTruth.js';
