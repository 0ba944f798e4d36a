import { setMaxListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { batchSize } from './decodeQueue.js';
import type { FrameCache } from './frameCache.js';
import type { ReadAnswer, ReadTask, Recipe } from './readTask.js';
import { videoLimits } from './videoLimits.js';

/** How many threads read clips; to change it, assign: `sr.data.readers.threads = 4`. */
export const readers = {
  /** Threads that read clips. Default: one a core. 0: clips are read between the model's computations. */
  threads: availableParallelism(),
};

const entry = new URL('./readWorker.js', import.meta.url);
/** Not there while the library runs from its sources. */
const isBuilt = existsSync(fileURLToPath(entry));

/** What is asked of the workers. */
export interface ReadRequest {
  recipe: Recipe;
  cache?: FrameCache;
  signal?: AbortSignal;
}

/** A task, and who waits for it. */
interface Job {
  task: ReadTask;
  resolve(outcomes: (Uint8Array | string)[]): void;
  reject(error: Error): void;
  /** The thread that has it. */
  reader?: Reader;
  /** Nobody waits any more. */
  stopped?: boolean;
}

/** A thread and its tasks. */
class Reader {
  /** In the order in which they are done. */
  readonly jobs = new Map<number, Job>();
  private readonly worker = new Worker(entry, { execArgv: [] });

  constructor() {
    this.worker.on('message', (answer: ReadAnswer) => this.settle(answer));
    this.worker.on('error', (error) => this.end(error));
    this.worker.on('exit', (code) => this.end(new Error(`it ended with status ${code}`)));
    this.worker.unref(); // a thread without tasks keeps no process alive; who listens to it later takes that back
  }

  add(job: Job): void {
    job.reader = this;
    this.jobs.set(job.task.id, job);
    this.worker.ref();
    this.worker.postMessage(job.task);
  }

  stop({ task }: Job): void {
    this.worker.postMessage({ stop: task.id });
  }

  private settle({ id, outcomes, error }: ReadAnswer): void {
    const job = this.jobs.get(id);
    this.jobs.delete(id);
    if (this.jobs.size === 0) this.worker.unref();
    if (outcomes) job?.resolve(outcomes);
    else if (error) job?.reject(Object.assign(errorOf(error.name, error.message), { code: error.code }));
  }

  /** The task that was under way fails with the thread; the others go to another one. */
  private end(cause: Error): void {
    pool = pool.filter((reader) => reader !== this);
    const [underWay, ...others] = this.jobs.values();
    this.jobs.clear();
    underWay?.reject(new Error(`readClips: a thread that reads clips failed: ${cause.message}`, { cause }));
    for (const job of others) if (!job.stopped) give(job);
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}

const errorOf = (name: string, message: string): Error =>
  name === 'RangeError' ? new RangeError(message) : new Error(message);

let pool: Reader[] = [];
let tasks = 0;

/** Whether there are threads to read clips. */
export const hasReaders = (): boolean => isBuilt && readers.threads > 0;

/** Gives a task to the thread with the fewest. */
function give(job: Job): void {
  while (pool.length < readers.threads) pool.push(new Reader());
  const [idlest] = pool.slice(0, readers.threads).sort((a, b) => a.jobs.size - b.jobs.size);
  idlest.add(job);
}

function read(task: ReadTask, signal: AbortSignal): Promise<(Uint8Array | string)[]> {
  let stop = () => {};
  return new Promise<(Uint8Array | string)[]>((resolve, reject) => {
    const job: Job = { task, resolve, reject };
    stop = () => {
      job.stopped = true;
      job.reader?.stop(job);
      reject(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
    give(job);
  }).finally(() => signal.removeEventListener('abort', stop));
}

/**
 * Reads files in threads: all that is asked for is handed out at once, so that the threads go on while this one computes.
 * @param onFile is called with the place of each file in `paths`, in any order.
 * @throws with the signal's reason, and with the first error that is not a file's fault.
 */
export async function readInThreads(
  paths: readonly string[],
  { recipe, cache, signal }: ReadRequest,
  onFile: (index: number, outcome: Uint8Array | string) => void,
): Promise<void> {
  signal?.throwIfAborted();
  const given = new AbortController();
  setMaxListeners(0, given.signal); // each part listens
  const forward = () => given.abort(signal?.reason);
  signal?.addEventListener('abort', forward, { once: true });
  const size = Math.min(batchSize, Math.ceil(paths.length / readers.threads));
  const parts: Promise<void>[] = [];
  for (let start = 0; start < paths.length; start += size) {
    const part = paths.slice(start, start + size);
    const task = { id: tasks++, paths: part, recipe, cache: cache?.folder, limits: videoLimits };
    const done = read(task, given.signal).then((outcomes) => {
      for (const [i, outcome] of outcomes.entries()) onFile(start + i, outcome);
    });
    parts.push(done);
  }
  try {
    await Promise.all(parts);
  } catch (error) {
    given.abort(error); // what the others read is of no use
    throw error;
  } finally {
    signal?.removeEventListener('abort', forward);
  }
}

/** Ends the threads; what they read is lost. The next reading starts new ones. */
export async function closeReaders(): Promise<void> {
  const closing = pool;
  pool = [];
  await Promise.all(closing.map((reader) => reader.close()));
}
