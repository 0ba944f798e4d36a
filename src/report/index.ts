/** The quick look at a score file, beside all of the analysis room that it is made of. */

export * from '../analysis/index.js';
export type { AnalyzeOptions } from './analyze.js';
export { analyze } from './analyze.js';
export type { Report } from './report.js';
