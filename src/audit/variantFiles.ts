import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { replaceFile } from '../base/replaceFile.js';
import type { Clip } from '../data/clip.js';
import { clipInput } from '../data/video/clipInput.js';
import { decodeFrames } from '../data/video/decodeFrames.js';
import { everyFrameOnce, fileUrl, runFfmpeg } from '../data/video/ffmpeg.js';
import { FrameCache } from '../data/video/frameCache.js';
import { probe } from '../data/video/probe.js';
import { ffmpegPaths } from '../data/video/tools.js';
import { checkLimits } from '../data/video/videoLimits.js';
import { isWholeMp4 } from '../data/video/wholeFile.js';
import { orderOf, type Recipe, type VideoVariant } from './variants.js';

/** Grows when a recipe, or how it is encoded, begins to give other files. */
const version = 2;

/**
 * H.264 of a quality (crf), where the same frames give the same file: in one thread, and without the macroblock tree, which
 * x264's code for AVX-512 fills in from memory that nothing was written to.
 */
const encoder = (crf: number, preset: 'veryfast' | 'medium'): string[] => [
  ...['-c:v', 'libx264', '-preset', preset, '-crf', String(crf), '-mbtree', '0'],
  ...['-pix_fmt', 'yuv420p', '-threads', '1'],
];

/** The quality of every file: nearly without loss. */
const quality = 10;

/** Frames a second of a file that does not say. */
const usualRate = 8;

/** The variants of one clip: a path each, or why there is none. */
export interface MadeVariants {
  /** The clip's own frames, encoded as every variant is. */
  control: string;
  /** In the order of the variants. */
  variants: (string | Error)[];
}

/** Frames of a clip, one after the other as ffmpeg's raw video has them. */
interface Decoded {
  width: number;
  height: number;
  fps: number;
  format: 'yuv420p' | 'rgb24';
  frames: Uint8Array[];
}

/**
 * Makes the variants of clips as files in a folder, and keeps them there: by the content of the clip, the recipe, its
 * version, the seed and the version of ffmpeg. Each is there whole or not at all, so several processes may share the folder.
 */
export class VariantFiles {
  private readonly hashes: FrameCache;

  constructor(
    readonly folder: string,
    private readonly seed: number,
  ) {
    this.hashes = new FrameCache(folder);
  }

  /**
   * The control and the variants of a clip. All are encoded by the same settings from the same decoded frames, so that
   * nothing but the recipe tells them apart.
   * @throws Error with ffmpeg's reason for a clip that cannot be read, or that is above a limit of `videoLimits`
   */
  async make(clip: Clip, variants: readonly VideoVariant[], signal?: AbortSignal): Promise<MadeVariants> {
    const content = await this.hashes.contentHash(clip.path);
    let decoding: Promise<Decoded> | undefined;
    const frames = () => {
      decoding ??= decode(clip.path, signal);
      return decoding;
    };
    const kept = async (variant?: VideoVariant): Promise<string> => {
      const path = this.pathOf(content, variant);
      if (await isWholeMp4(path)) return path;
      const bytes = await encode(await frames(), variant, this.seed, signal);
      await mkdir(dirname(path), { recursive: true });
      await replaceFile(path, (draft) => draft.writeFile(bytes));
      return path;
    };
    const control = await kept();
    const made: (string | Error)[] = [];
    for (const variant of variants) {
      signal?.throwIfAborted();
      made.push(
        await kept(variant).catch((error: Error) => {
          // What a clip is too short for is left out; anything else is wrong with more than this variant.
          if (error instanceof RangeError) return error;
          throw error;
        }),
      );
    }
    return { control, variants: made };
  }

  private pathOf(content: string, variant?: VideoVariant): string {
    const what = variant ? [variant.family, variant.level, variant.strength, this.seed] : ['control'];
    const key = JSON.stringify([content, what, version, ffmpegPaths().version]);
    const name = createHash('sha256').update(key).digest('hex');
    return join(this.folder, name.slice(0, 2), `${name.slice(2)}.mp4`);
  }
}

/** Clips whose variants are made at once: each ffmpeg has one thread. */
export const clipsAtOnce = Math.max(1, Math.min(8, availableParallelism()));

/** All frames: in 4:2:0, as nearly every file has them, so that the control is the file again. */
async function decode(path: string, signal?: AbortSignal): Promise<Decoded> {
  const { fps, codec, ...size } = await probe(path, { signal });
  const common = { fps: Number.isFinite(fps) && fps > 0 ? fps : usualRate };
  if (codec === 'webp') {
    const every = ({ frames }: { frames: number }) => Array.from({ length: frames }, (_, frame) => frame);
    return { ...common, ...(await decodeFrames(path, every, { signal })), format: 'rgb24' };
  }
  const [width, height] = [size.width, size.height].map((side) => side - (side % 2));
  const picture = ['-map', '0:V:0', ...everyFrameOnce(), '-vf', `crop=${width}:${height}:0:0`];
  const input = ['-xerror', '-threads', '1', '-noautorotate', ...clipInput(path)];
  const bytes = await runFfmpeg(
    [...input, ...picture, ...['-pix_fmt', 'yuv420p', '-f', 'rawvideo', 'pipe:1']],
    { signal },
  ).catch((error: Error) => {
    signal?.throwIfAborted();
    throw new Error(`cannot read ${path}: ${error.message}`);
  });
  const length = (width * height * 3) / 2;
  const count = Math.floor(bytes.length / length);
  checkLimits({ frames: count });
  if (count === 0) throw new Error(`${path} has no frames`);
  const frames = Array.from({ length: count }, (_, i) => bytes.subarray(i * length, (i + 1) * length));
  return { ...common, width, height, format: 'yuv420p', frames };
}

async function encode(
  { width, height, fps, format: pixels, frames }: Decoded,
  variant: VideoVariant | undefined,
  seed: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const order = variant ? orderOf(variant, frames.length, seed) : frames.map((_, frame) => frame);
  const recipe: Recipe = variant?.recipe ?? {};
  const size = { width: width - (width % 2), height: height - (height % 2) };
  const picture = ['-f', 'rawvideo', '-pix_fmt', pixels, '-s', `${width}x${height}`, '-r', String(fps)];
  let input: Uint8Array = Buffer.concat(order.map((frame) => frames[frame]));
  let format = picture;
  // 4:2:0 has even sides; whether a filter needs it or not, every file goes this way.
  let filters = [`crop=${size.width}:${size.height}:0:0`, ...(recipe.filters?.(size) ?? [])];
  if (recipe.crf !== undefined) {
    const coarse = [...encoder(recipe.crf, 'medium'), '-f', 'matroska', 'pipe:1'];
    input = await runFfmpeg([...picture, '-i', 'pipe:0', '-vf', filters.join(','), ...coarse], {
      input,
      signal,
    });
    [format, filters] = [['-f', 'matroska'], ['null']];
  }
  const scratch = await mkdtemp(join(tmpdir(), 'solireward-variant-'));
  try {
    const file = join(scratch, 'variant.mp4');
    await runFfmpeg(
      [
        ...[...format, '-i', 'pipe:0', '-vf', filters.join(','), '-r', String(fps)],
        ...[...encoder(quality, 'veryfast'), '-movflags', '+faststart', '-f', 'mp4', fileUrl(file)],
      ],
      { input, signal },
    );
    return await readFile(file);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
