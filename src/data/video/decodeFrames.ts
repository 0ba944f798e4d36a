import { stat } from 'node:fs/promises';
import { ffmpegPaths, fileUrl, runFfmpeg, runFfmpegOutputs } from './ffmpeg.js';
import { type Frames, splitPpm } from './ppm.js';
import { probe, type VideoInfo } from './probe.js';
import { sampleFrames } from './sampleFrames.js';

/** Chooses frames of a video, by their indices. */
export type PickFrames = (video: VideoInfo) => readonly number[];

/** Files up to this many bytes are decoded whole, which saves the process that would count their frames. */
const smallFile = 1 << 20;
/** Decoding a file whole stops at this many bytes of RGB: a small file can hold a long video. */
const wholeLimit = 64 << 20;

/**
 * Decodes chosen frames of a video file: RGB24 by swscale's defaults, in the order asked for.
 * @param pick how many frames, taken by the rule of `sampleFrames`; the frame indices themselves; or what chooses them
 *   of the video's length and rate.
 * @param options `signal`: kills ffmpeg and rejects with the signal's reason.
 * @returns width, height and one Uint8Array [height, width, 3] a pick (a repeated index repeats the array).
 * @throws Error that names the path and ffmpeg's reason for a file that is missing, damaged (one damaged
 *   frame is enough) or without a picture; RangeError for no index, or one that the clip does not have.
 */
export async function decodeFrames(
  path: string,
  pick: number | readonly number[] | PickFrames,
  { signal }: { signal?: AbortSignal } = {},
): Promise<Frames> {
  if (typeof pick === 'function') return decodeSelected(path, pick, signal);
  const size = await stat(path).then(
    (file) => file.size,
    () => 0, // ffmpeg says what is wrong with it
  );
  const clip = size <= smallFile ? await decodeWhole(path, signal) : undefined;
  if (!clip) return decodeSelected(path, pick, signal);
  return pickFrames(path, clip, pick);
}

/** Files of at most this many bytes are worth decoding together. */
export const tinyFile = 1 << 17;

/**
 * `decodeFrames` of several tiny files in one process, which spares the start of the others.
 * @returns the frames of each file; undefined for a file that holds too many for this way.
 * @throws Error when any of the files cannot be read: which one is for `decodeFrames` to say.
 */
export async function decodeTogether(
  paths: readonly string[],
  pick: number | readonly number[],
  { signal }: { signal?: AbortSignal } = {},
): Promise<(Frames | undefined)[]> {
  const limit = Math.floor(wholeLimit / paths.length);
  const inputs = paths.flatMap((path) => ['-threads', '1', '-i', fileUrl(path)]);
  const limits = ['-fs', String(limit)];
  const outputs = paths.flatMap((_, i) => ['-map', `${i}:V:0`, ...limits, ...toPpm(`pipe:${3 + i}`)]);
  const images = await runFfmpegOutputs(['-xerror', ...inputs, ...outputs], paths.length, { signal });
  return images.map((bytes, i) =>
    bytes.length < limit ? pickFrames(paths[i], splitPpm(bytes), pick) : undefined,
  );
}

/** All frames, in one process; undefined when they are too many to hold. */
async function decodeWhole(path: string, signal?: AbortSignal): Promise<Frames | undefined> {
  const output = await decode(path, ['-fs', String(wholeLimit)], signal);
  return output.length < wholeLimit ? splitPpm(output) : undefined;
}

/** Only the frames that are picked: they are selected before their colours are converted. */
async function decodeSelected(
  path: string,
  pick: number | readonly number[] | PickFrames,
  signal?: AbortSignal,
): Promise<Frames> {
  const video = await probe(path);
  const count = video.frames;
  const indices = indicesOf(path, count, typeof pick === 'function' ? pick(video) : pick);
  const distinct = [...new Set(indices)].sort((a, b) => a - b);
  const select = distinct.map((i) => `eq(n,${i})`).join('+');
  const args = ['-vf', `select='${select}'`, '-frames:v', String(distinct.length)];
  const clip = splitPpm(await decode(path, args, signal));
  if (clip.frames.length < distinct.length) {
    throw new Error(
      `decodeFrames: ${path} announces ${count} frames, but frame ${distinct[clip.frames.length]} ` +
        'is not shown (an edit list or a damaged end); encode the clip again',
    );
  }
  return { ...clip, frames: indices.map((i) => clip.frames[distinct.indexOf(i)]) };
}

/** Runs ffmpeg on the first video stream that is not a cover picture. */
async function decode(path: string, args: string[], signal?: AbortSignal): Promise<Uint8Array> {
  const input = ['-xerror', '-threads', '1', '-i', fileUrl(path), '-map', '0:V:0'];
  return runFfmpeg([...input, ...args, ...toPpm('pipe:1')], { signal }).catch((error: Error) => {
    signal?.throwIfAborted();
    throw new Error(`decodeFrames: cannot read ${path}: ${error.message}`);
  });
}

/** Output arguments: PPM images, each frame exactly once whatever its time stamp. */
function toPpm(output: string): string[] {
  const everyFrameOnce = ffmpegPaths().libavcodec < 60 ? '-vsync' : '-fps_mode';
  return [everyFrameOnce, 'passthrough', '-c:v', 'ppm', '-f', 'image2pipe', output];
}

/** Copies of the picked frames, so that the others can be forgotten. */
function pickFrames(path: string, clip: Frames, pick: number | readonly number[]): Frames {
  const indices = indicesOf(path, clip.frames.length, pick);
  const copies = new Map(indices.map((i) => [i, clip.frames[i].slice()]));
  return { ...clip, frames: indices.map((i) => copies.get(i) as Uint8Array) };
}

function indicesOf(path: string, count: number, pick: number | readonly number[]): readonly number[] {
  if (!(count > 0)) throw new Error(`decodeFrames: ${path} has no frames`);
  if (typeof pick === 'number') return sampleFrames(count, pick);
  if (pick.length === 0) throw new RangeError('decodeFrames: expected at least one index, received none');
  for (const index of pick) {
    if (!Number.isSafeInteger(index) || index < 0 || index >= count) {
      throw new RangeError(`decodeFrames: ${path} has ${count} frames, received index ${index}`);
    }
  }
  return pick;
}
