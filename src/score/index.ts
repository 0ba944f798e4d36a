/** Scores of clips, and of the items of a file; where a model looks. */

export { attention } from './clipAttention.js';
export type { ScoreTable } from './clips.js';
export { clips } from './clips.js';
export { file } from './file.js';
export type { SeenClip } from './frames.js';
export { frames } from './frames.js';
export { scale } from './scale.js';
