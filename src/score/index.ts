/** Scores of clips, and of the items of a file; where a model looks. */

export type { ClipAttention, Reading } from './clipAttention.js';
export { attention } from './clipAttention.js';
export type { ClipOrRow } from './clipOf.js';
export type { ScoredRow, ScoreOptions, ScoreProgress, ScoreTable } from './clips.js';
export { clips } from './clips.js';
export type { ScoreFileOptions, ScoreFileResult } from './file.js';
export { file } from './file.js';
export type { SeenClip, SeenFrame } from './frames.js';
export { frames } from './frames.js';
export type { Failures } from './manifest.js';
export type { Plan, Work } from './plan.js';
export type { Scale } from './scale.js';
export { scale } from './scale.js';
