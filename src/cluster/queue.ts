import { inRanges } from './ranges.js';
import { readSubmissions, schedulerOf } from './submissions.js';

/** Shards that a scheduler has one word for. */
export interface Queued {
  /** The scheduler's word. */
  state: string;
  /** Numbers of the shards. */
  shards: number[];
}

/**
 * What the schedulers say of the shards of a run, those of the newest submission first. It is for the eye: what is done is
 * what `status` says.
 * @throws what a scheduler says that does not answer.
 */
export async function queue(run: string): Promise<Queued[]> {
  const states = new Map<number, string>();
  for (const { options, jobs = [] } of (await readSubmissions(run)).reverse()) {
    for (const { shard, state } of await schedulerOf(options).says(jobs))
      if (!states.has(shard)) states.set(shard, state);
  }
  const found = new Map<string, number[]>();
  for (const [shard, state] of [...states].sort(([a], [b]) => a - b))
    found.set(state, [...(found.get(state) ?? []), shard]);
  return [...found].map(([state, shards]) => ({ state, shards }));
}

/** In words. */
export const queueText = (queued: readonly Queued[]): string =>
  queued.map(({ state, shards }) => `${state}: shards ${inRanges(shards)}`).join('; ');

/**
 * What the latest worker of a shard has printed.
 * @throws when none was started, and what the scheduler says.
 */
export async function logs(run: string, shard: number): Promise<string> {
  for (const { options, jobs = [] } of (await readSubmissions(run)).reverse()) {
    const job = jobs.find(({ shards }) => shards.includes(shard));
    if (job) return schedulerOf(options).logs(job, shard, run);
  }
  throw new Error(`cluster.logs: no worker was started for shard ${shard} of ${run}`);
}
