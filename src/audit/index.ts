/** What a reward sees, and where it can be cheated: clips and prompts changed in known ways, and verdicts. */

export type { Audit, AuditFailure, VerdictClips } from './audit.js';
export { command } from './commandScorer.js';
export type { Comparison } from './compare.js';
export { compare } from './compare.js';
export type { Expectation, Expectations } from './expectations.js';
export { expectations } from './expectations.js';
export type { PairedScores } from './pairedScores.js';
export type { Picture } from './picture.js';
export type { AuditOptions, AuditProgress } from './run.js';
export { run } from './run.js';
export type { Answer, AuditedClip, ScoreCall, Scored, ScoreFunction, Scorer } from './scorer.js';
export type { ServedOptions } from './servedScorer.js';
export { served } from './servedScorer.js';
export type { CheckFamily, Family, TextFamily, VideoFamily } from './variants.js';
export { families } from './variants.js';
export type { Verdict, VerdictKind } from './verdicts.js';
export { worldTruth } from './worldTruth.js';
