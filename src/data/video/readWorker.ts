// A thread that reads clips for `ReadWorkers`: one task after the other.
import { parentPort } from 'node:worker_threads';
import { FrameCache } from './frameCache.js';
import { readClips } from './readClips.js';
import type { ReadAnswer, ReadStop, ReadTask, RecipeModule } from './readTask.js';
import { videoLimits } from './videoLimits.js';

const port = parentPort;
if (!port) throw new Error('readWorker: this module is for a worker thread');

const caches = new Map<string, FrameCache>();
const stops = new Map<number, AbortController>();
let last: Promise<void> = Promise.resolve();

port.on('message', (message: ReadTask | ReadStop) => {
  if ('stop' in message) {
    stops.get(message.stop)?.abort(new Error('stopped'));
    return;
  }
  const stop = new AbortController();
  stops.set(message.id, stop);
  last = last.then(async () => {
    const answer = await answerOf(message, stop.signal);
    stops.delete(message.id);
    port.postMessage(answer, buffersOf(answer));
  });
});

async function answerOf(task: ReadTask, signal: AbortSignal): Promise<ReadAnswer> {
  try {
    return { id: task.id, outcomes: await outcomesOf(task, signal) };
  } catch (error) {
    const { name, message, code } = error as NodeJS.ErrnoException;
    return { id: task.id, error: { name, message, code } };
  }
}

async function outcomesOf({ paths, recipe, cache: folder, limits }: ReadTask, signal: AbortSignal) {
  signal.throwIfAborted();
  Object.assign(videoLimits, limits);
  const { reading } = (await import(recipe.module)) as RecipeModule;
  const clips = paths.map((path) => ({ id: path, path }));
  const options = { ...reading(recipe.settings), cache: folder ? cacheOf(folder) : undefined, signal };
  const { frames, failures } = await readClips(clips, { ...options, concurrency: 1 });
  const reasons = new Map(failures.map(({ clip, reason }) => [clip.id, reason]));
  return paths.map((path) => frames.get(path) ?? (reasons.get(path) as string));
}

/** One a folder, which remembers the hashes of files. */
function cacheOf(folder: string): FrameCache {
  const cache = caches.get(folder) ?? new FrameCache(folder);
  caches.set(folder, cache);
  return cache;
}

/** The memory that goes over to the other thread. What is small may lie in Node's own pool, and is copied. */
function buffersOf({ outcomes = [] }: ReadAnswer): ArrayBuffer[] {
  const large = outcomes.filter((outcome) => typeof outcome !== 'string' && outcome.length > 1 << 16);
  return [...new Set(large.map((outcome) => (outcome as Uint8Array).buffer as ArrayBuffer))];
}
