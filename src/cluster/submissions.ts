import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../base/replaceFile.js';
import { Ray } from './ray.js';
import type { Job, Scheduler } from './scheduler.js';
import { Slurm } from './slurm.js';

/** Where workers are started, and how. */
export interface SubmitOptions {
  /** What starts the workers. */
  on: 'slurm' | 'ray';
  /** Workers at once, at most. Default on Slurm: as many as it starts; Ray takes a number. */
  parallel?: number;
  /** CPUs and GPUs of one worker. Default 1 and 0. */
  cpus?: number;
  /** GPUs of one worker. Default 0. */
  gpus?: number;
  /** On Slurm: further options of `sbatch`, such as `--partition=gpu` or `--time=2:00:00`. */
  sbatch?: readonly string[];
  /** On Ray: the address of its dashboard. Default: `RAY_API_SERVER_ADDRESS`, else port 8265 of this machine. */
  address?: string;
  /** What `solireward` is on the workers. Default: this Node with this installation. */
  command?: readonly string[];
}

/** Workers that were started together. */
export interface Submission {
  /** How they were started. */
  options: SubmitOptions;
  /** Name of their jobs. */
  name: string;
  /** Numbers of the shards that they work on. */
  shards: number[];
  /** When they were started, as an ISO date. */
  at: string;
  /** Nothing yet, where the process that started them was killed meanwhile. */
  jobs?: Job[];
}

const folderOf = (run: string) => join(run, 'submissions');

/** All of a run, the oldest first. @throws for a damaged one. */
export async function readSubmissions(run: string): Promise<Submission[]> {
  const names = await readdir(folderOf(run)).catch(() => []);
  const files = names.filter((name) => /^\d+\.json$/.test(name)).sort();
  return Promise.all(
    files.map(async (name) => JSON.parse(await readFile(join(folderOf(run), name), 'utf8')) as Submission),
  );
}

export async function writeSubmission(run: string, number: number, submission: Submission): Promise<void> {
  await mkdir(folderOf(run), { recursive: true });
  await replaceFile(join(folderOf(run), `${String(number).padStart(4, '0')}.json`), async (file) => {
    await file.writeFile(`${JSON.stringify(submission)}\n`);
    await file.sync();
  });
}

export function schedulerOf({ on, sbatch, address }: SubmitOptions): Scheduler {
  if (on === 'slurm') return new Slurm(sbatch);
  if (on === 'ray') return new Ray(address);
  throw new RangeError(`cluster: expected slurm or ray, received ${on}`);
}
