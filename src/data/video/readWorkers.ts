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
  /** Default: one a core. 0: clips are read between the model's computations. */
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

/** What waits for an answer. */
interface Waiting {
  resolve(outcomes: (Uint8Array | string)[]): void;
  reject(error: Error): void;
}

/** A thread and its tasks. */
class Reader {
  readonly waiting = new Map<number, Waiting>();
  private readonly worker = new Worker(entry, { execArgv: [] });

  constructor(private readonly onEnd: (reader: Reader) => void) {
    this.worker.unref(); // a thread without tasks keeps no process alive
    this.worker.on('message', (answer: ReadAnswer) => this.settle(answer));
    this.worker.on('error', (error) => this.end(error));
    this.worker.on('exit', (code) => this.end(new Error(`it ended with status ${code}`)));
  }

  read(task: ReadTask, signal?: AbortSignal): Promise<(Uint8Array | string)[]> {
    signal?.throwIfAborted();
    const stop = () => {
      this.worker.postMessage({ stop: task.id });
      this.waiting.get(task.id)?.reject(signal?.reason);
    };
    return new Promise<(Uint8Array | string)[]>((resolve, reject) => {
      this.waiting.set(task.id, { resolve, reject });
      this.worker.ref();
      this.worker.postMessage(task);
      signal?.addEventListener('abort', stop, { once: true });
    }).finally(() => signal?.removeEventListener('abort', stop));
  }

  private settle({ id, outcomes, error }: ReadAnswer): void {
    const asked = this.waiting.get(id);
    this.waiting.delete(id);
    if (this.waiting.size === 0) this.worker.unref();
    if (outcomes) asked?.resolve(outcomes);
    else if (error) asked?.reject(Object.assign(errorOf(error.name, error.message), { code: error.code }));
  }

  private end(error: Error): void {
    this.onEnd(this);
    for (const { reject } of this.waiting.values())
      reject(new Error(`readClips: a thread that reads clips failed: ${error.message}`, { cause: error }));
    this.waiting.clear();
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

/**
 * Reads files in threads: all that is asked for is handed out at once, so that the threads go on while this one computes.
 * @param onFile is called with the place of each file in `paths`, in any order.
 * @throws with the signal's reason, and with the first error that is no file's fault.
 */
export async function readInThreads(
  paths: readonly string[],
  { recipe, cache, signal }: ReadRequest,
  onFile: (index: number, outcome: Uint8Array | string) => void,
): Promise<void> {
  signal?.throwIfAborted();
  while (pool.length < readers.threads)
    pool.push(
      new Reader((ended) => {
        pool = pool.filter((reader) => reader !== ended);
      }),
    );
  const given = new AbortController();
  setMaxListeners(0, given.signal); // each part listens
  const forward = () => given.abort(signal?.reason);
  signal?.addEventListener('abort', forward, { once: true });
  const size = Math.min(batchSize, Math.ceil(paths.length / readers.threads));
  const parts: Promise<void>[] = [];
  for (let start = 0; start < paths.length; start += size) {
    const part = paths.slice(start, start + size);
    const task = { id: tasks++, paths: part, recipe, cache: cache?.folder, limits: videoLimits };
    const [idlest] = pool.slice(0, readers.threads).sort((a, b) => a.waiting.size - b.waiting.size);
    const done = idlest.read(task, given.signal).then((outcomes) => {
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
