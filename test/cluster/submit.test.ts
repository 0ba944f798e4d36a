import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logs, queue } from '../../src/cluster/queue.js';
import { quoted } from '../../src/cluster/scheduler.js';
import { resubmit, submit } from '../../src/cluster/submit.js';
import { numbered, ShardRun } from '../support/shardRun.js';

let run: ShardRun;
beforeEach(async () => {
  run = await ShardRun.of(numbered(14), 7);
});
afterEach(() => run.remove());

describe('on Slurm', () => {
  const { PATH } = process.env;
  let bin: string;
  /** Programs that answer as Slurm's do, and write down what they were asked. */
  const program = async (name: string, lines: string) => {
    await writeFile(join(bin, name), `#!/bin/sh\n${lines}\n`);
    await chmod(join(bin, name), 0o755);
  };
  const asked = async () =>
    (await readFile(join(bin, 'asked'), 'utf8').catch(() => '')).split('\n').filter(Boolean);
  beforeEach(async () => {
    bin = join(run.folder, 'bin');
    await mkdir(bin);
    process.env.PATH = `${bin}${delimiter}${PATH}`;
    await program('scontrol', 'echo "MaxArraySize            = 4"');
    await program('squeue', `cat ${bin}/queue 2>/dev/null || true`);
    await program('sacct', 'echo "Slurm accounting storage is disabled" >&2; exit 1');
    await program(
      'sbatch',
      `echo "$@" >> ${bin}/asked; cat > ${bin}/script; wc -l < ${bin}/asked | tr -d ' '`,
    );
  });
  afterEach(() => {
    process.env.PATH = PATH;
  });

  it('makes arrays below MaxArraySize that share the limit, and starts them once', async () => {
    const options = { on: 'slurm' as const, parallel: 3, gpus: 1, sbatch: ['--partition=gpu'] };
    const { jobs = [], name } = await submit(run.run, options);
    const [first, second] = await asked();
    expect(first).toContain(`--parsable --job-name=${name}-0 --array=0-3%1 --requeue`);
    expect(first).toContain('--ntasks=1 --cpus-per-task=1 --gpus-per-task=1 --partition=gpu');
    expect(second).toContain(`--job-name=${name}-4 --array=0-2%2`);
    expect(jobs).toEqual([
      { name: `${name}-0`, id: '1', shards: [0, 1, 2, 3] },
      { name: `${name}-4`, id: '2', shards: [4, 5, 6] },
    ]);
    expect(await readFile(join(bin, 'script'), 'utf8')).toMatch(
      /^#!\/bin\/sh\nexec .*cli\.js score --run \S+\/run --shard \$\(\(SLURM_ARRAY_TASK_ID \+ 4\)\)\/7\n$/,
    );
    expect((await submit(run.run, options)).jobs).toEqual(jobs);
    expect(await asked()).toHaveLength(2);
  });

  it('submits again what is not done, not running and not waiting, as before or as is said now', async () => {
    const { name } = await submit(run.run, { on: 'slurm' });
    await run.score(2);
    // Shards 0 and 5 wait, 1 has begun just now, 4 runs for long without a sign of life, 3 and 6 are forgotten.
    const queued = [
      '1|0|PENDING|0:00|Priority',
      '1|1|RUNNING|0:07|None',
      '2|0|RUNNING|1-00:00:00|None',
      '2|1|PENDING|0:00|None',
    ];
    await writeFile(join(bin, 'queue'), `${queued.join('\n')}\n`);
    expect(await queue(run.run)).toEqual([
      { state: 'PENDING (Priority)', shards: [0] },
      { state: 'RUNNING', shards: [1, 4] },
      { state: 'PENDING', shards: [5] },
    ]);
    await rename(join(bin, 'queue'), join(bin, 'queue.old'));
    await program('squeue', `case "$*" in *states*) ;; *) cat ${bin}/queue.old;; esac`);
    const started = await resubmit(run.run, { parallel: 2 });
    expect(started).toMatchObject({ shards: [3, 4, 6], options: { on: 'slurm', parallel: 2 } });
    expect(started?.name).toBe(name.replace(/0$/, '1'));
    expect((await asked()).slice(2).map((line) => /--array=(\S+)/.exec(line)?.[1])).toEqual(['3%1', '0,2%1']);
    // Made again by its number, although it is done.
    await program('squeue', '');
    expect((await resubmit(run.run, { shards: [2] }))?.shards).toContain(2);
  });

  it('finds the jobs of a call that was killed before it wrote them down', async () => {
    const { name } = await submit(run.run, { on: 'slurm' });
    const record = join(run.run, 'submissions', '0000.json');
    const { jobs: _, ...begun } = JSON.parse(await readFile(record, 'utf8'));
    await writeFile(record, JSON.stringify(begun));
    await program('squeue', 'case "$*" in *-0,*|*-0\\ *) echo "77|0|PENDING|0:00|None";; esac');
    const { jobs = [] } = await submit(run.run, { on: 'slurm' });
    expect(jobs.map(({ name, id }) => [name, id])).toEqual([
      [`${name}-0`, '77'],
      [`${name}-4`, '3'],
    ]);
  });

  it('shows the log of the latest worker of a shard', async () => {
    const { name } = await submit(run.run, { on: 'slurm' });
    await writeFile(join(run.run, 'logs', `${name}-4.1.log`), 'no GPU\n');
    expect(await logs(run.run, 5)).toBe('no GPU\n');
    await rm(join(run.run, 'submissions'), { recursive: true });
    await expect(logs(run.run, 5)).rejects.toThrow('no worker was started for shard 5');
  });

  it('says what Slurm says, and where its programs are not', async () => {
    await program('sbatch', 'echo "sbatch: error: invalid partition specified: x" >&2; exit 1');
    await expect(submit(run.run, { on: 'slurm' })).rejects.toThrow(
      'sbatch ended with 1: sbatch: error: invalid partition',
    );
    process.env.PATH = run.folder;
    await expect(submit(run.run, { on: 'slurm' })).rejects.toThrow('scontrol cannot be started');
  });
});

describe('on Ray', () => {
  interface Asked {
    submission_id: string;
    entrypoint: string;
    entrypoint_num_cpus: number;
    entrypoint_num_gpus: number;
  }
  let asked: Asked[];
  let states: Record<string, object>;
  let address: string;
  let close: () => Promise<unknown>;
  beforeEach(async () => {
    asked = [];
    states = {};
    const server = createServer(async (request, response) => {
      const end = (code: number, value: unknown) => response.writeHead(code).end(JSON.stringify(value));
      const id = request.url?.replace('/api/jobs/', '') ?? '';
      if (request.method === 'POST') {
        // As Ray does, which takes it for a browser.
        if ('sec-fetch-mode' in request.headers) return end(405, 'not allowed for browser traffic');
        let body = '';
        for await (const chunk of request) body += chunk;
        const job = JSON.parse(body) as Asked;
        if (job.entrypoint_num_cpus > 64) return end(500, 'Traceback\nValueError: too many CPUs');
        asked.push(job);
        states[job.submission_id] = { status: 'PENDING', start_time: Date.now() };
        return end(200, { submission_id: job.submission_id });
      }
      const [name, what] = id.split('/');
      if (!states[name]) return end(404, 'no such job');
      return end(200, what === 'logs' ? { logs: `log of ${name}\n` } : states[name]);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    close = () => new Promise((resolve) => server.close(resolve));
  });
  afterEach(() => close());

  it('makes a job a worker, each with its own resources, and starts them once', async () => {
    const options = { on: 'ray' as const, parallel: 3, cpus: 2, gpus: 0.5, address };
    const { name, jobs } = await submit(run.run, options);
    expect(jobs?.map(({ shards }) => shards)).toEqual([
      [0, 3, 6],
      [1, 4],
      [2, 5],
    ]);
    expect(asked).toHaveLength(3);
    expect(asked[0]).toMatchObject({
      submission_id: `${name}-0`,
      entrypoint_num_cpus: 2,
      entrypoint_num_gpus: 0.5,
    });
    expect(asked[0].entrypoint).toMatch(/^cd \S+ && exec .*cli\.js score --run \S+\/run --shard 0,3,6\/7$/);
    await submit(run.run, options);
    expect(await resubmit(run.run)).toBeUndefined();
    expect(asked).toHaveLength(3);
  });

  it('does not believe for long that a job runs', async () => {
    const { name } = await submit(run.run, { on: 'ray', parallel: 2, address });
    await run.score(0);
    const long = Date.now() - 400_000;
    states[`${name}-0`] = { status: 'RUNNING', start_time: long };
    states[`${name}-1`] = { status: 'FAILED', start_time: Date.now(), message: 'killed' };
    expect((await resubmit(run.run))?.shards).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await queue(run.run)).toEqual([
      { state: 'RUNNING', shards: [0] },
      { state: 'PENDING', shards: [1, 2, 3, 4, 5, 6] },
    ]);
    expect(await logs(run.run, 0)).toBe(`log of ${name}-0\n`);
    states = {};
    expect(await queue(run.run)).toEqual([]);
  });

  it('says what is missing, and what Ray says', async () => {
    await expect(submit(run.run, { on: 'ray', address })).rejects.toThrow(
      'how many workers the cluster has room for',
    );
    const many = { on: 'ray' as const, parallel: 1, cpus: 65, address };
    const fresh = await ShardRun.of(numbered(2), 1);
    await expect(submit(fresh.run, many)).rejects.toThrow('ValueError: too many CPUs');
    await fresh.remove();
    const other = await ShardRun.of(numbered(2), 1);
    await expect(submit(other.run, { ...many, address: 'http://127.0.0.1:9' })).rejects.toThrow(
      'does not answer',
    );
    await other.remove();
    await expect(resubmit(join(run.folder, 'nothing'))).rejects.toThrow('ENOENT');
  });
});

it('refuses what it does not know, and a run that was never submitted', async () => {
  await expect(submit(run.run, { on: 'pbs' as 'ray' })).rejects.toThrow(
    'expected slurm or ray, received pbs',
  );
  const fresh = await ShardRun.of(numbered(2), 1);
  await expect(resubmit(fresh.run)).rejects.toThrow('nothing of');
  await fresh.remove();
});

it('quotes what a shell would take apart', () => {
  expect(quoted(['/a b/node', "it's", '--run=x,1/2', '$HOME'])).toBe(
    `'/a b/node' 'it'\\''s' --run=x,1/2 '$HOME'`,
  );
});
