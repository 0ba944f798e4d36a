import { spawn } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inRanges } from './ranges.js';
import { believed, type Job, quoted, type Request, type Said, type Scheduler } from './scheduler.js';

/** Slurm, by its own programs: an array task a shard. */
export class Slurm implements Scheduler {
  /** @param options further ones of `sbatch`, such as `--partition=gpu`. */
  constructor(private readonly options: readonly string[] = []) {}

  async start({ name, run, folder, shards, worker, parallel, cpus, gpus }: Request): Promise<Job[]> {
    const size = await maxArraySize();
    const logs = join(run, 'logs');
    await mkdir(logs, { recursive: true });
    /** Numbers of array tasks end below the size: each array has its own first shard. */
    const offsets = [...new Set(shards.map((shard) => shard - (shard % size)))];
    const jobs: Job[] = [];
    for (const [i, offset] of offsets.entries()) {
      const own = shards.filter((shard) => shard - (shard % size) === offset);
      const job = `${name}-${offset}`;
      const there = await queueOf([job], 'all');
      if (there.length > 0) {
        jobs.push({ name: job, id: there[0].id, shards: own });
        continue;
      }
      // A limit is of one array: several share it.
      const limit = parallel && Math.max(1, Math.floor((parallel + i) / offsets.length));
      const tasks = inRanges(own.map((shard) => shard - offset));
      const args = [
        ...['--parsable', `--job-name=${job}`, `--array=${tasks}${limit ? `%${limit}` : ''}`, '--requeue'],
        ...['--open-mode=append', `--output=${logFile(run, job, '%a').replaceAll(/%(?!a\.log$)/g, '%%')}`],
        ...[`--chdir=${folder}`, '--ntasks=1', `--cpus-per-task=${cpus}`],
        ...(gpus > 0 ? [`--gpus-per-task=${gpus}`] : []),
        ...this.options,
      ];
      const script = `#!/bin/sh\nexec ${quoted(worker.command)} $((SLURM_ARRAY_TASK_ID + ${offset}))${worker.end}\n`;
      const [id] = (await call('sbatch', args, script)).trim().split(';');
      jobs.push({ name: job, id, shards: own });
    }
    return jobs;
  }

  async says(jobs: readonly Job[]): Promise<Said[]> {
    const shardOf = (id: string, task: number) => {
      const job = jobs.find((one) => one.id === id);
      return job && task + offsetOf(job);
    };
    const said: Said[] = [];
    const names = jobs.map(({ name }) => name);
    for (const { id, task, state, reason, seconds } of names.length > 0 ? await queueOf(names) : []) {
      const shard = shardOf(id, task);
      if (shard === undefined) continue;
      const isComing = ['PENDING', 'CONFIGURING', 'REQUEUED'].includes(state) || seconds < believed;
      said.push({ shard, state: reason === 'None' ? state : `${state} (${reason})`, isComing });
    }
    for (const [id, task, state] of await ended(jobs)) {
      const shard = shardOf(id, Number(task));
      if (shard !== undefined && !said.some((one) => one.shard === shard))
        said.push({ shard, state, isComing: false });
    }
    return said;
  }

  logs(job: Job, shard: number, run: string): Promise<string> {
    return readFile(logFile(run, job.name, String(shard - offsetOf(job))), 'utf8');
  }
}

const logFile = (run: string, job: string, task: string): string => join(run, 'logs', `${job}.${task}.log`);

const offsetOf = ({ name }: Job): number => Number(/-(\d+)$/.exec(name)?.[1]);

/** The number of tasks that an array may have. */
async function maxArraySize(): Promise<number> {
  const text = await call('scontrol', ['show', 'config']);
  const size = Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(text)?.[1]);
  if (!(size > 0)) throw new Error('cluster.submit: "scontrol show config" does not say MaxArraySize');
  return size;
}

interface Task {
  id: string;
  task: number;
  state: string;
  reason: string;
  /** For which it has run. */
  seconds: number;
}

/** Array tasks of jobs by name, those that wait or run, or all that Slurm remembers. */
async function queueOf(names: readonly string[], states?: 'all'): Promise<Task[]> {
  const text = await call('squeue', [
    ...['--noheader', '--array', `--name=${names.join(',')}`, '--format=%F|%K|%T|%M|%r'],
    ...(states ? [`--states=${states}`] : []),
  ]);
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [id, task, state, time, reason] = line.split('|');
      return { id, task: Number(task), state, reason, seconds: secondsOf(time) };
    });
}

/** What the accounting says of tasks that have ended; nothing where there is none. */
async function ended(jobs: readonly Job[]): Promise<string[][]> {
  if (jobs.length === 0) return [];
  const ids = jobs.map(({ id }) => id).join(',');
  const text = await call('sacct', ['-n', '-P', '-X', '-j', ids, '-o', 'JobID,State,ExitCode']).catch(
    () => '',
  );
  return text.split('\n').flatMap((line) => {
    const [, id, task, state, code] = /^(\d+)_(\d+)\|([^|]+)\|(.*)$/.exec(line) ?? [];
    return id === undefined ? [] : [[id, task, `${state} (${code})`]];
  });
}

/** Seconds of `1-02:03:04`, `02:03:04` or `03:04`. */
function secondsOf(time: string): number {
  const [, days = 0, hours = 0, minutes, seconds] = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)$/.exec(time) ?? [];
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
}

/** Runs a program of Slurm. @throws with what it says. */
function call(program: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'pipe' });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (data) => {
      output += data;
    });
    child.stderr.on('data', (data) => {
      errors += data;
    });
    child.on('error', ({ message }) =>
      reject(
        new Error(`slurm: ${program} cannot be started (${message}); run this where Slurm's programs are`),
      ),
    );
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`slurm: ${program} ended with ${code}: ${errors.trim() || output.trim()}`));
    });
    child.stdin.on('error', () => {}); // it has ended before it read; its code reports the reason
    child.stdin.end(input);
  });
}
