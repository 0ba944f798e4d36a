/** Work in shards over many machines: planned, submitted, looked at, resubmitted, merged. */

export type { Merged } from './merge.js';
export { merge } from './merge.js';
export type { PlanOptions } from './plan.js';
export { plan } from './plan.js';
export type { OpenShard, Status, Worker } from './status.js';
export { status } from './status.js';
