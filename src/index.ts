/**
 * solireward: video reward models from pass/fail labels. The whole public surface, a room a line, in the order of the
 * work; each room's `index.ts` names what it offers.
 */

export type { Audit, AuditOptions, Expectations, Verdict } from './audit/index.js';
/** What a reward sees, and where it can be cheated. */
export * as audit from './audit/index.js';
export type { BenchmarkName, BenchmarkOptions, BenchmarkResult, BenchmarkRow } from './benchmark/index.js';
/** Public benchmarks of video reward models. */
export * as benchmark from './benchmark/index.js';
export type { Merged, Status } from './cluster/index.js';
/** Scores and features of more clips than one machine takes: runs in shards on Slurm, Ray and others. */
export * as cluster from './cluster/index.js';
export type { Clip, GeneratedClip, LabelTable, World, WorldOptions } from './data/index.js';
/** Votes, labels, agreement, splits, video, and the generated world. */
export * as data from './data/index.js';
/** Where everything is computed. */
export * as engine from './engine/index.js';
export type { Loss } from './loss/index.js';
/** Losses on the rewards of pairs. */
export * as loss from './loss/index.js';
export type { Prompts, RewardModel, RewardModelConfig } from './model/index.js';
/** Reward models: load, make, save. */
export * as model from './model/index.js';
export type { Annotator, AnnotatorOptions, CommandOptions, CommandResult } from './notebook/index.js';
/** Players, the annotator, tables, pictures and text, progress and live charts, the shell. */
export * as notebook from './notebook/index.js';
export type { Pair, PairStream } from './pairing/index.js';
/** Pairs as seeded, lazy streams. */
export * as pairing from './pairing/index.js';
/** Figures that show themselves. */
export * as plot from './plot/index.js';
export type { GrpoOptions, GrpoRecord } from './posttrain/index.js';
/** A small generator of world clips, and its post-training against a reward. */
export * as posttrain from './posttrain/index.js';
export type { AnalyzeOptions, EvaluationRow, Interval, Report } from './report/index.js';
/** The quick look at a score file; metrics and tests on scores and labels, with intervals. */
export * as analysis from './report/index.js';
/** Several rewards as one. */
export * as reward from './reward/index.js';
export type { ScoreTable } from './score/index.js';
/** Scores of clips, and of the items of a file; where a model looks. */
export * as score from './score/index.js';
export type { RewardServer, ServeOptions } from './serve/index.js';
/** Reward models over HTTP, for a trainer. */
export { serve } from './serve/index.js';
export type { Estimate, FitOptions, FitProgress, Run } from './train/index.js';
/** Training runs. */
export * as train from './train/index.js';
