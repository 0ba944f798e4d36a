import http from 'node:http';
import https from 'node:https';
import { believed, type Job, quoted, type Request, type Said, type Scheduler } from './scheduler.js';

/** What the Jobs API says of a job; times in milliseconds since 1970. */
interface RayJob {
  status: string;
  message?: string;
  start_time?: number;
}

/** Ray, by the REST API of its dashboard: a job does several shards, one after another. */
export class Ray implements Scheduler {
  private readonly address: string;

  /** @param address of the dashboard. Default: `RAY_API_SERVER_ADDRESS`, else this machine's. */
  constructor(address = process.env.RAY_API_SERVER_ADDRESS ?? 'http://127.0.0.1:8265') {
    this.address = address.replace(/\/$/, '');
  }

  async start({ name, folder, shards, worker, parallel, cpus, gpus }: Request): Promise<Job[]> {
    if (parallel === undefined) {
      throw new Error(
        'cluster.submit: on Ray, say how many workers the cluster has room for at once (parallel): ' +
          'jobs that wait for room for long are given up by Ray',
      );
    }
    const lanes = Math.min(parallel, shards.length);
    const jobs: Job[] = [];
    for (let lane = 0; lane < lanes; lane++) {
      const id = `${name}-${lane}`;
      const own = shards.filter((_, i) => i % lanes === lane);
      jobs.push({ name: id, id, shards: own });
      if (await this.job(id)) continue;
      const command = `exec ${quoted(worker.command)} ${own.join(',')}${worker.end}`;
      await this.ask('POST', '', {
        submission_id: id,
        entrypoint: `cd ${quoted([folder])} && ${command}`,
        // Without a number of its own a job would run on the head, whatever is there already.
        ...{ entrypoint_num_cpus: cpus, entrypoint_num_gpus: gpus },
      });
    }
    return jobs;
  }

  async says(jobs: readonly Job[]): Promise<Said[]> {
    const said = await Promise.all(
      jobs.map(async ({ id, shards }) => {
        const job = await this.job(id);
        if (!job) return [];
        const seconds = (Date.now() - (job.start_time ?? 0)) / 1000;
        const isComing = ['PENDING', 'RUNNING'].includes(job.status) && seconds < believed;
        return shards.map((shard) => ({ shard, state: job.status, isComing }));
      }),
    );
    return said.flat();
  }

  async logs({ id }: Job): Promise<string> {
    const found = await this.ask('GET', `${id}/logs`);
    const job = await this.job(id);
    const message = job?.status === 'FAILED' ? `\nRay: ${job.message ?? ''}\n` : '';
    return `${(found as { logs?: string } | undefined)?.logs ?? ''}${message}`;
  }

  private async job(id: string): Promise<RayJob | undefined> {
    return (await this.ask('GET', id)) as RayJob | undefined;
  }

  /** Asks the Jobs API; of what is not there, nothing. @throws with what Ray says, or that it does not answer. */
  private async ask(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    const url = `${this.address}/api/jobs/${path}`;
    const { code, text } = await answer(method, url, body).catch(({ message, code }) => {
      throw new Error(`ray: ${url} does not answer (${message || code}); give the address of the dashboard`);
    });
    if (code === 404 && method === 'GET') return undefined;
    if (code >= 300) throw new Error(`ray: ${method} ${url}: ${code}: ${lastLines(text)}`);
    return JSON.parse(text);
  }
}

/** Ray takes for a browser, and refuses, what has the headers that `fetch` adds by itself. */
function answer(method: string, url: string, body?: object): Promise<{ code: number; text: string }> {
  const headers = { 'content-type': 'application/json', ...JSON.parse(process.env.RAY_JOB_HEADERS ?? '{}') };
  const { request } = url.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, timeout: 60_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (data) => {
        text += data;
      });
      response.on('end', () => resolve({ code: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    asked.on('timeout', () => asked.destroy(new Error('60 seconds are over')));
    asked.on('error', reject);
    asked.end(body && JSON.stringify(body));
  });
}

/** Ray answers with a traceback, whose end says what is wrong. */
const lastLines = (text: string): string => text.trim().split('\n').slice(-3).join('\n');
