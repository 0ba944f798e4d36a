/** Work in shards over many machines: planned, submitted, looked at, resubmitted, merged. */

export type { ManifestOptions } from './manifest.js';
export { manifest } from './manifest.js';
export type { Merged } from './merge.js';
export { merge } from './merge.js';
export type { PlanOptions } from './plan.js';
export { plan } from './plan.js';
export type { Queued } from './queue.js';
export { logs, queue } from './queue.js';
export type { OpenShard, Status, Worker } from './status.js';
export { status } from './status.js';
export type { Submission, SubmitOptions } from './submissions.js';
export { resubmit, submit } from './submit.js';
export { watch } from './watch.js';
