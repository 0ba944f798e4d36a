import { stat } from 'node:fs/promises';
import { clipInput } from './clipInput.js';
import { decodeStaying } from './decoder.js';
import { countedPictures, everyFrameOnce, runFfmpegOutputs } from './ffmpeg.js';
import { type Frames, splitPpm } from './ppm.js';
import { probe } from './probe.js';
import { sampleFrames } from './sampleFrames.js';
import type { VideoInfo } from './videoInfo.js';
import { checkLimits, LimitError } from './videoLimits.js';
import { decodeWebp } from './webp.js';
import { lookAt } from './wholeFile.js';

/** Chooses frames of a video, by their indices. */
export type PickFrames = (video: VideoInfo) => readonly number[];

/** Files up to this many bytes are decoded whole, which saves the process that would count their frames, or together. */
export const tinyFile = 1 << 17;
/** Decoding a file whole stops at this many bytes of RGB: a small file can hold a long video. */
const wholeLimit = 64 << 20;

/**
 * Decodes chosen frames of a video file: RGB24 by swscale's defaults, whatever the depth of the file, in the order
 * asked for. Frames that are shown count, whatever the container announces. A rotation that the file asks for is not
 * applied, as the official reader (decord) applies none.
 * @param pick how many frames, taken by the rule of `sampleFrames`; the frame indices themselves; or what chooses them
 *   of the video's length and rate.
 * @param options `signal`: kills ffmpeg and rejects with the signal's reason.
 * @returns width, height and one Uint8Array [height, width, 3] a pick (a repeated index repeats the array).
 * @throws Error that names the path and ffmpeg's reason for a file that is missing, damaged (one damaged frame is enough, of
 *   those that are asked for and those that they refer to) or without a picture, or the limit of `videoLimits` that it is
 *   above; RangeError for no index, or one that the clip does not have.
 */
export async function decodeFrames(
  path: string,
  pick: number | readonly number[] | PickFrames,
  { signal }: { signal?: AbortSignal } = {},
): Promise<Frames> {
  const { cutOff, animatedWebp } = await lookAt(path).catch((error: Error) => {
    throw new Error(`decodeFrames: ${error.message}`);
  });
  // What ffmpeg says of a damaged file comes first; what it reads as far as it goes is none.
  const quick = cutOff || animatedWebp ? undefined : await decodeQuickly(path, pick, signal);
  if (quick) return quick;
  const decoded = animatedWebp ? decodePictures(path, pick) : decodeAny(path, pick, signal);
  const frames = await decoded.catch((error: Error) => {
    if (cutOff && !(error instanceof RangeError) && !error.message.includes(cutOff))
      error.message += `; the file ${cutOff}`;
    throw error;
  });
  if (cutOff) throw new Error(`decodeFrames: ${path} ${cutOff}`);
  return frames;
}

/** Frames of an animated WebP, which is held whole. */
async function decodePictures(path: string, pick: number | readonly number[] | PickFrames): Promise<Frames> {
  const video = await described(path);
  checkSize(path, video, video.frames);
  const clip = await decodeWebp(path).catch((error: Error) => {
    throw new Error(`decodeFrames: cannot read ${path}: ${error.message}`);
  });
  return pickFrames(path, clip, typeof pick === 'function' ? pick(video) : pick);
}

/** By the decoder that stays; undefined where ffmpeg is to read the file, or to say what is wrong with it. */
async function decodeQuickly(
  path: string,
  pick: number | readonly number[] | PickFrames,
  signal?: AbortSignal,
): Promise<Frames | undefined> {
  let indices: readonly number[] = [];
  let distinct: number[] = [];
  const choose = (video: VideoInfo) => {
    indices = indicesOf(path, video.frames, typeof pick === 'function' ? pick(video) : pick);
    distinct = distinctOf(indices);
    checkSize(path, video, distinct.length);
    return distinct;
  };
  const clip = await decodeStaying(path, choose, signal).catch((error: Error) => {
    if (!(error instanceof LimitError)) throw error;
    throw new Error(`decodeFrames: cannot read ${path}: ${error.message}`, { cause: error });
  });
  return clip && { ...clip, frames: indices.map((i) => clip.frames[distinct.indexOf(i)]) };
}

async function decodeAny(
  path: string,
  pick: number | readonly number[] | PickFrames,
  signal?: AbortSignal,
): Promise<Frames> {
  if (typeof pick === 'function') return decodeSelected(path, pick, signal);
  const size = await stat(path).then(
    (file) => file.size,
    () => 0, // ffmpeg says what is wrong with it
  );
  const clip = size <= tinyFile ? await decodeWhole(path, signal) : undefined;
  if (!clip) return decodeSelected(path, pick, signal);
  return pickFrames(path, clip, pick);
}

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
  const looks = await Promise.all(paths.map(lookAt));
  const odd = looks.findIndex(({ cutOff, animatedWebp }) => cutOff || animatedWebp);
  if (odd >= 0) throw new Error(`decodeTogether: ${paths[odd]} is not a whole file that ffmpeg reads`);
  const inputs = paths.flatMap(inputOf);
  const limits = ['-fs', String(limit)];
  const outputs = paths.flatMap((_, i) => ['-map', `${i}:V:0`, ...limits, ...toPpm(`pipe:${3 + i}`)]);
  const images = await runFfmpegOutputs(['-xerror', ...inputs, ...outputs], paths.length, { signal });
  return images.map((bytes, i) =>
    bytes.length < limit ? pickFrames(paths[i], splitPpm(bytes), pick) : undefined,
  );
}

/** All frames, in one process; undefined when they are too many to hold. */
async function decodeWhole(path: string, signal?: AbortSignal): Promise<Frames | undefined> {
  const [output] = await decode(path, [['-fs', String(wholeLimit), ...toPpm('pipe:3')]], signal);
  if (output.length >= wholeLimit) return undefined;
  const clip = splitPpm(output);
  within(path, { frames: clip.frames.length });
  return clip;
}

/** Only the frames that are picked: they are selected before their colours are converted. */
async function decodeSelected(
  path: string,
  pick: number | readonly number[] | PickFrames,
  signal?: AbortSignal,
): Promise<Frames> {
  const video = await described(path, signal);
  let count = video.frames;
  for (let attempt = 0; attempt < 2; attempt++) {
    const indices = indicesOf(
      path,
      count,
      typeof pick === 'function' ? pick({ ...video, frames: count }) : pick,
    );
    const distinct = distinctOf(indices);
    checkSize(path, video, distinct.length);
    const { clip, shown } = await select(path, distinct, signal);
    if (shown === count) return { ...clip, frames: indices.map((i) => clip.frames[distinct.indexOf(i)]) };
    count = shown; // the container announced another number
  }
  throw new Error(`decodeFrames: ${path} shows another number of frames each time; encode the clip again`);
}

/** Frames by their places among those that are shown, and how many are. */
async function select(
  path: string,
  places: readonly number[],
  signal?: AbortSignal,
): Promise<{ clip: Frames; shown: number }> {
  const chosen = places.map((place) => `eq(n,${place})`).join('+');
  // All frames are decoded anyway up to the last one that is picked; so they are counted at once.
  const outputs = [
    ['-vf', `select='${chosen}'`, ...toPpm('pipe:3')],
    ['-map', '0:V:0', ...countedPictures('pipe:4')],
  ];
  const [images, counted] = await decode(path, outputs, signal);
  const lines = counted.toString().split('\n');
  return { clip: splitPpm(images), shown: lines.filter((line) => line.startsWith('0,')).length };
}

/** Runs ffmpeg on the first video stream that is not a cover picture; each output has its arguments. */
async function decode(path: string, outputs: string[][], signal?: AbortSignal): Promise<Buffer[]> {
  const args = ['-xerror', ...inputOf(path), '-map', '0:V:0', ...outputs.flat()];
  return runFfmpegOutputs(args, outputs.length, { signal }).catch((error: Error) => {
    signal?.throwIfAborted();
    throw new Error(`decodeFrames: cannot read ${path}: ${error.message}`, { cause: error });
  });
}

/** Input arguments of a clip. */
const inputOf = (path: string): string[] => ['-threads', '1', '-noautorotate', ...clipInput(path)];

const described = (path: string, signal?: AbortSignal): Promise<VideoInfo> =>
  probe(path, { signal }).catch((error: Error) => {
    throw new Error(`decodeFrames: ${error.message.replace(/^probe: /, '')}`);
  });

/** @throws Error when a video, or the frames that are taken out of it, are above a limit. */
function checkSize(path: string, { width, height, frames, duration }: VideoInfo, taken: number): void {
  const pixels = width * height;
  within(path, { pixels, frames, seconds: duration, memory: 3 * pixels * taken });
}

function within(path: string, values: Parameters<typeof checkLimits>[0]): void {
  try {
    checkLimits(values);
  } catch (error) {
    throw new Error(`decodeFrames: ${path}: ${(error as Error).message}`);
  }
}

/** Output arguments: PPM images of 8 bits, each frame exactly once whatever its time stamp. */
const toPpm = (output: string): string[] => [
  ...everyFrameOnce(),
  '-pix_fmt',
  'rgb24',
  '-c:v',
  'ppm',
  '-f',
  'image2pipe',
  output,
];

/** Copies of the picked frames, so that the others can be forgotten. */
function pickFrames(path: string, clip: Frames, pick: number | readonly number[]): Frames {
  const indices = indicesOf(path, clip.frames.length, pick);
  const copies = new Map(indices.map((i) => [i, clip.frames[i].slice()]));
  return { ...clip, frames: indices.map((i) => copies.get(i) as Uint8Array) };
}

/** In the order in which they are shown. */
const distinctOf = (indices: readonly number[]): number[] => [...new Set(indices)].sort((a, b) => a - b);

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
