/** Votes, labels, agreement, splits, video, and the generated world. */

export type { Clip } from './clip.js';
export type { NearDuplicateRow, NearDuplicates } from './nearDuplicates.js';
export { nearDuplicates } from './nearDuplicates.js';
export type { ReadScores, ReadScoresOptions } from './tables/readScores.js';
export { readScores } from './tables/readScores.js';
export type { ScoreRow, Scores } from './tables/scores.js';
export { decodeFrames } from './video/decodeFrames.js';
export { FrameCache } from './video/frameCache.js';
export { probe } from './video/probe.js';
export { readClips } from './video/readClips.js';
export { readers } from './video/readWorkers.js';
export { sampleFrames } from './video/sampleFrames.js';
export type { VideoLimits } from './video/videoLimits.js';
export { videoLimits } from './video/videoLimits.js';
export { aggregate } from './votes/aggregate.js';
export { agreement } from './votes/agreement.js';
export { clipsOf } from './votes/clipsOf.js';
export { dawidSkene } from './votes/dawidSkene.js';
export { fetv } from './votes/fetv.js';
export type { LabelTable } from './votes/labels.js';
export { splitByPrompt } from './votes/split.js';
export { readVotes, votesTable, writeVotes } from './votes/votes.js';
export { annotate, annotatePairs } from './world/annotators.js';
export type { GeneratedClip } from './world/generate.js';
export { worldPrompts } from './world/prompt.js';
export type { World, WorldOptions } from './world/world.js';
export { makeWorld } from './world/world.js';
