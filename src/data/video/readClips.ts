import { cellSignal } from '../../base/host.js';
import type { Clip } from '../clip.js';
import { decodeFrames, type PickFrames } from './decodeFrames.js';
import { batchSize, DecodeQueue } from './decodeQueue.js';
import type { FrameCache } from './frameCache.js';
import type { Frames } from './ppm.js';
import { ffmpegPaths } from './tools.js';

/** What is read of each clip. */
export interface ReadOptions {
  /** Frames of a clip, taken by the rule of `sampleFrames`; or what chooses them of its length and rate. */
  segments: number | PickFrames;
  /** Makes of a clip's frames the bytes that are wanted, for example its tiles. */
  transform: (frames: Frames) => Uint8Array;
  /** What `transform` depends on, and a `segments` that is a function,, as plain data: a part of the cache's key. */
  parameters: object;
  /** Where the bytes are kept; without it every clip is decoded each time. */
  cache?: FrameCache;
  /** Stops reading and rejects with the signal's reason. Default: the interrupt of the notebook's cell. */
  signal?: AbortSignal;
}

/** A clip that could not be read, and why. */
export interface ReadFailure {
  clip: Clip;
  reason: string;
}

/** What `readClips` read, by clip id, and what it could not. */
export interface ReadClips {
  frames: Map<string, Uint8Array>;
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
 * The transformed frames of many clips; a file that several clips name is read once. A clip that cannot be read is reported and skipped; any other error,
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
  const queue = new DecodeQueue(options.segments, concurrency, signal);
  const outcomes: (Uint8Array | UnreadableClip)[] = [];
  let next = 0;
  let done = 0;
  let failed = 0;

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
        outcomes[index] = await readOnce(clips[index]);
        signal?.throwIfAborted(); // while this one was decoded, another reader may have been stopped
      } catch (error) {
        if (!(error instanceof UnreadableClip)) {
          next = clips.length; // the other readers stop too
          throw error;
        }
        outcomes[index] = error;
        failed++;
      }
      done++;
      onProgress?.({ done, total: clips.length, failed });
    }
  }
  // Twice as many readers as the processes take at once, so that full batches wait for them.
  await Promise.all(Array.from({ length: 2 * batchSize * concurrency }, readInTurn));

  const result: ReadClips = { frames: new Map(), failures: [] };
  for (const [index, clip] of clips.entries()) {
    const outcome = outcomes[index];
    if (outcome instanceof UnreadableClip) result.failures.push({ clip, reason: outcome.message });
    else result.frames.set(clip.id, outcome);
  }
  return result;
}

/** The clip's own fault, not ours. */
class UnreadableClip extends Error {}
