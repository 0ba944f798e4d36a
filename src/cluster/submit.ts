import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { lock } from '../base/lock.js';
import { packageRoot } from '../base/packageRoot.js';
import { setAside } from '../score/manifest.js';
import { type Survey, survey } from './status.js';
import {
  readSubmissions,
  type Submission,
  type SubmitOptions,
  schedulerOf,
  writeSubmission,
} from './submissions.js';

/**
 * Starts workers for the shards of a run that are not done, the first time; the same call again starts nothing.
 * @returns what was started, now or before.
 * @throws when another call submits at this moment, and what the scheduler says.
 */
export async function submit(run: string, options: SubmitOptions): Promise<Submission> {
  return alone(run, async () => {
    const before = await readSubmissions(run);
    const last = before.at(-1);
    if (last?.jobs) return last;
    const found = await survey(run);
    if (last) return start(run, found, before.length - 1, last.options, last.shards);
    return start(run, found, 0, options, openShards(found));
  });
}

/**
 * Starts the shards that have no valid manifest, unless a worker gives signs of life or is to come: one that waits in Slurm's
 * queue, or was started in the last five minutes.
 * @param options where, if not as before; `shards`: those that are to be made again although they are done.
 * @returns what was started; nothing where there is nothing to start.
 * @throws as `submit`.
 */
export async function resubmit(
  run: string,
  { shards = [], ...options }: Partial<SubmitOptions> & { shards?: readonly number[] } = {},
): Promise<Submission | undefined> {
  return alone(run, async () => {
    const before = await readSubmissions(run);
    const last = before.at(-1);
    const now = { ...last?.options, ...options } as SubmitOptions;
    if (now.on === undefined)
      throw new Error(`cluster.resubmit: nothing of ${run} was submitted; say on what`);
    for (const shard of shards) await setAside(run, shard);
    const found = await survey(run);
    if (last && !last.jobs) return start(run, found, before.length - 1, last.options, last.shards);
    const coming = await shardsToCome(before);
    const open = openShards(found).filter((shard) => !coming.has(shard));
    return open.length > 0 ? start(run, found, before.length, now, open) : undefined;
  });
}

/** Shards that are not done, and that nobody works on. */
const openShards = ({ status: { failed, waiting } }: Survey): number[] =>
  [...failed.map(({ shard }) => shard), ...waiting].sort((a, b) => a - b);

/** Shards that a worker is to come for, as schedulers say. */
async function shardsToCome(submissions: readonly Submission[]): Promise<Set<number>> {
  const coming = new Set<number>();
  for (const { options, jobs = [] } of submissions) {
    for (const { shard, isComing } of await schedulerOf(options).says(jobs)) if (isComing) coming.add(shard);
  }
  return coming;
}

/** The request is written down before it is made: after a kill it is made again, with the same names. */
async function start(
  run: string,
  { known: { plan, id } }: Survey,
  number: number,
  options: SubmitOptions,
  shards: number[],
): Promise<Submission> {
  const place = await realpath(run);
  const hash = createHash('sha256').update(`${id}\n${place}`).digest('hex').slice(0, 10);
  const name = `solireward-${hash}-${number}`;
  const submission: Submission = { options, name, shards, at: new Date().toISOString() };
  const { parallel, cpus = 1, gpus = 0 } = options;
  const command = options.command ?? [process.execPath, join(packageRoot, 'dist', 'src', 'cli.js')];
  const worker = {
    command: [...command, plan.work.kind, '--run', place, '--shard'],
    end: `/${plan.shards}`,
  };
  await writeSubmission(run, number, submission);
  const request = { name, run: place, folder: plan.folder, shards, worker, parallel, cpus, gpus };
  submission.jobs = shards.length > 0 ? await schedulerOf(options).start(request) : [];
  await writeSubmission(run, number, submission);
  return submission;
}

async function alone<T>(run: string, action: () => Promise<T>): Promise<T> {
  const release = await lock(join(run, 'submit.lock'), `cluster.submit: ${run}`);
  try {
    return await action();
  } finally {
    await release();
  }
}
