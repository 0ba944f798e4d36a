import { paceText } from '../base/pace.js';
import { videoLimits } from '../data/video/videoLimits.js';
import { type EngineName, use } from '../engine/use.js';
import { load } from '../model/load.js';
import type { RewardModel } from '../model/rewardModel.js';
import type { ScoreProgress } from '../score/clips.js';
import { modelHash } from '../score/modelHash.js';
import { readPlan, shardsOf, type Work } from '../score/plan.js';
import { scoreShard } from '../score/shard.js';
import { UsageError } from './verb.js';

/** Options of a worker, which both of its verbs take. */
export const workerOptions = { shard: { type: 'string' }, run: { type: 'string' } } as const;

/** Seconds between two lines about how far a shard is. */
const pause = 30;

/**
 * Does shards of a run one after another, with one model, and returns the exit code: 0 when each has its manifest, however many
 * items failed.
 * @throws UsageError when there are no such shards, or the run does other work.
 */
export async function workOn(kind: Work['kind'], shard: string, run: string): Promise<number> {
  const { plan } = await readPlan(run);
  if (plan.work.kind !== kind)
    throw new UsageError(`${run} is a run of "${plan.work.kind}", not of "${kind}"`);
  const { shards, count } = shardsOf(shard);
  if (count !== plan.shards)
    throw new UsageError(`${run} is cut into ${plan.shards} shards, and --shard says ${count}`);
  // So that a claim is given back when a scheduler ends this process.
  process.once('SIGTERM', () => process.exit(143));
  let loaded: Promise<{ model: RewardModel; engine: string }> | undefined;
  const loading = async () => {
    Object.assign(videoLimits, plan.limits);
    const { engine } = await use(plan.engine as EngineName);
    const { folder, sha256 } = plan.model;
    if ((await modelHash(folder)) !== sha256)
      throw new Error(`${folder} has been changed since the run was planned; plan a new run`);
    return { model: await load(folder), engine };
  };
  for (const one of shards) {
    const { manifest, isNew } = await scoreShard({
      ...{ run, shard: one },
      load: () => {
        loaded ??= loading();
        return loaded;
      },
      onProgress: inLines(`shard ${one}`),
      onWait: ({ host, pid }) =>
        console.log(`shard ${one} is worked on by process ${pid} on ${host}; waiting for it`),
    });
    const { items, failed, seconds, engine, host } = manifest;
    const what = `${items} items, ${failed} failed, ${seconds.toFixed(1)} s on ${engine}, ${host}`;
    console.log(`shard ${one} of ${count} ${isNew ? 'is done' : 'was done before'}: ${what}`);
  }
  return 0;
}

/** Says from time to time how far a shard is: logs of schedulers are read afterwards. */
function inLines(name: string): (progress: ScoreProgress) => void {
  let last = performance.now();
  return ({ done, total, failed, ...pace }) => {
    if (performance.now() - last < pause * 1000) return;
    last = performance.now();
    console.log(`${name}: ${done} of ${total} items, ${failed} failed; ${paceText(pace)}`);
  };
}
