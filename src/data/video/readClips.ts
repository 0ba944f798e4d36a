import { cellSignal } from '../../base/host.js';
import type { Clip } from '../clip.js';
import { decodeFrames } from './decodeFrames.js';
import { batchSize, DecodeQueue } from './decodeQueue.js';
import type { FrameCache } from './frameCache.js';
import type { Frames } from './ppm.js';
import type { Reading, Recipe } from './readTask.js';
import { hasReaders, readInThreads } from './readWorkers.js';
import { ffmpegPaths } from './tools.js';

/** What is read of each clip, and how. */
export interface ReadOptions extends Reading {
  /** Gives the same reading to other threads, which then read in place of this one. */
  recipe?: Recipe;
  /** Where the bytes are kept; without it every clip is decoded each time. */
  cache?: FrameCache;
  /** Stops reading and rejects with the signal's reason. Default: the interrupt of the notebook's cell. */
  signal?: AbortSignal;
}

/** A clip that could not be read, and why. */
export interface ReadFailure {
  /** The clip that could not be read. */
  clip: Clip;
  /** What is wrong with it, in a sentence. */
  reason: string;
}

/** What `readClips` read, by clip id, and what it could not. */
export interface ReadClips {
  /** What was made of the frames of each clip, by its id. */
  frames: Map<string, Uint8Array>;
  /** The clips that could not be read. */
  failures: ReadFailure[];
}

/**
 * The transformed frames of one clip, decoded once into the cache.
 * @throws Error with ffmpeg's reason when the clip cannot be read.
 */
export function readClip(clip: Clip, options: ReadOptions): Promise<Uint8Array> {
  return read(clip, options, (path) => decodeFrames(path, options.segments, options));
}

async function read(
  { path }: Clip,
  { segments, transform, parameters, cache, signal }: ReadOptions,
  decode: (path: string) => Promise<Frames>,
): Promise<Uint8Array> {
  const unreadable = (error: Error): never => {
    signal?.throwIfAborted();
    if (error instanceof RangeError) throw error;
    throw new UnreadableClip(error.message);
  };
  const make = async () => {
    ffmpegPaths(); // where there is no ffmpeg, the clip is not to blame
    return transform(await decode(path).catch(unreadable));
  };
  signal?.throwIfAborted();
  if (!cache) return make();
  const content = await cache.contentHash(path).catch(unreadable);
  return cache.get({ content, ...(typeof segments === 'number' && { segments }), parameters }, make);
}

/**
 * The transformed frames of many clips; a file that several clips name is read once. With a recipe they are read in other
 * threads, with the same result. A clip that cannot be read is reported and skipped; any other error,
 * such as a full disk, is thrown. Both results are in the order of `clips`.
 * @param options as for `readClip`; `concurrency`: ffmpeg processes at once; `onProgress`: called after each
 *   clip.
 */
export async function readClips(
  clips: readonly Clip[],
  {
    concurrency = 2,
    onProgress,
    signal = cellSignal(),
    ...rest
  }: ReadOptions & {
    concurrency?: number;
    onProgress?: (progress: { done: number; total: number; failed: number }) => void;
  },
): Promise<ReadClips> {
  if (!(concurrency >= 1)) {
    throw new RangeError(`readClips: expected concurrency to be at least 1, received ${concurrency}`);
  }
  const options = { ...rest, signal };
  const outcomes: (Uint8Array | UnreadableClip)[] = [];
  let failed = 0;
  let done = 0;
  const settle = (index: number, outcome: Uint8Array | UnreadableClip) => {
    outcomes[index] = outcome;
    if (outcome instanceof UnreadableClip) failed++;
    done++;
    onProgress?.({ done, total: clips.length, failed });
  };
  if (options.recipe && hasReaders())
    await readElsewhere(clips, { ...options, recipe: options.recipe }, settle);
  else await readHere(clips, options, concurrency, settle);

  const result: ReadClips = { frames: new Map(), failures: [] };
  for (const [index, clip] of clips.entries()) {
    const outcome = outcomes[index];
    if (outcome instanceof UnreadableClip) result.failures.push({ clip, reason: outcome.message });
    else result.frames.set(clip.id, outcome);
  }
  return result;
}

type Settle = (index: number, outcome: Uint8Array | UnreadableClip) => void;

/** Reads clips in this thread; a clip is settled when it and those before it in its reader's turn are. */
async function readHere(
  clips: readonly Clip[],
  options: ReadOptions,
  concurrency: number,
  settle: Settle,
): Promise<void> {
  const { signal } = options;
  const queue = new DecodeQueue(options.segments, concurrency, signal);
  let next = 0;

  const files = new Map<string, Promise<Uint8Array>>();
  const readOnce = (clip: Clip) => {
    const file = files.get(clip.path) ?? read(clip, options, (path) => queue.decode(path));
    files.set(clip.path, file);
    return file;
  };

  async function readInTurn(): Promise<void> {
    while (next < clips.length) {
      const index = next++;
      try {
        const frames = await readOnce(clips[index]);
        signal?.throwIfAborted(); // while this one was decoded, another reader may have been stopped
        settle(index, frames);
      } catch (error) {
        if (!(error instanceof UnreadableClip)) {
          next = clips.length; // the other readers stop too
          throw error;
        }
        settle(index, error);
      }
    }
  }
  // Twice as many readers as the processes take at once, so that full batches wait for them.
  await Promise.all(Array.from({ length: 2 * batchSize * concurrency }, readInTurn));
}

/** Reads clips in other threads. */
async function readElsewhere(
  clips: readonly Clip[],
  options: ReadOptions & { recipe: Recipe },
  settle: Settle,
): Promise<void> {
  options.signal?.throwIfAborted();
  const byPath = new Map<string, number[]>();
  clips.forEach(({ path }, index) => {
    byPath.set(path, [...(byPath.get(path) ?? []), index]);
  });
  const places = [...byPath.values()];
  await readInThreads([...byPath.keys()], options, (file, outcome) => {
    const read = typeof outcome === 'string' ? new UnreadableClip(outcome) : outcome;
    for (const index of places[file]) settle(index, read);
  });
}

/** The clip's own fault, not ours. */
class UnreadableClip extends Error {}
