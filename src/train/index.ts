/** Training runs. */

export type { CardTime } from './cards.js';
export { cards } from './cards.js';
export type { Estimate } from './estimate.js';
export { estimate } from './estimate.js';
export type { OfficialExport, OfficialOptions, OfficialRun } from './exportOfficial.js';
export { exportOfficial } from './exportOfficial.js';
export { fit } from './fit.js';
export type { FitOptions, FitProgress } from './fitOptions.js';
export type { HeadPairs } from './headTrainings.js';
export type { StepRecord } from './log.js';
export type { MicroBatchChoice } from './microBatch.js';
export { microBatch } from './microBatch.js';
export type { Run, RunStatus } from './run.js';
export { readRun } from './run.js';
export { watch } from './watch.js';
