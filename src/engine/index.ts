/** Where everything is computed. */

export type { EngineCheck } from './check.js';
export { check } from './check.js';
export type { Precision } from './precision.js';
export type { EngineReport } from './report.js';
export type { UseOptions } from './use.js';
export { use } from './use.js';
