/** Training runs. */

export { cards } from './cards.js';
export type { Estimate } from './estimate.js';
export { estimate } from './estimate.js';
export type { OfficialExport, OfficialOptions, OfficialRun } from './exportOfficial.js';
export { exportOfficial } from './exportOfficial.js';
export { fit } from './fit.js';
export type { FitOptions, FitProgress } from './fitOptions.js';
export { microBatch } from './microBatch.js';
export type { Run } from './run.js';
export { readRun } from './run.js';
export { watch } from './watch.js';
