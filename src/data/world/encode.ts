import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { cellSignal } from '../../base/host.js';
import { isDead, shortHost } from '../../base/owner.js';
import { runFfmpeg } from '../video/ffmpeg.js';
import { clipFormat } from './body.js';

/** A clip to write. */
export interface ClipToEncode {
  path: string;
  /** Its frames as [frames, size, size, 3] RGB; asked for when their turn comes. */
  render(): Uint8Array;
}

/** Clips that one ffmpeg encodes: 50 MB of frames. */
const batchSize = 64;

/** Folders of files in the making: host, process, first clip. */
const scratchPattern = /^\.encoding-([0-9a-f]{8})-(\d+)-\d+$/;

/**
 * Renders clips of the world and encodes them as H.264 MP4 files; while ffmpeg encodes one batch the next is rendered.
 * A file is there whole or not at all; what killed processes of this host have left is deleted.
 * @param folder on the disk of the files; those in the making lie in it.
 * @param options `onEncoded` is told how many clips there are, batch by batch.
 * @throws with the signal's reason, between batches.
 */
export async function encodeClips(
  clips: readonly ClipToEncode[],
  folder: string,
  { signal = cellSignal(), onEncoded }: { signal?: AbortSignal; onEncoded?: (done: number) => void } = {},
): Promise<void> {
  await cleanScratch(folder);
  let encoding: Promise<void> = Promise.resolve();
  for (let start = 0; start < clips.length; start += batchSize) {
    const batch = clips.slice(start, start + batchSize);
    const frames = batch.map((clip) => clip.render());
    await encoding;
    signal?.throwIfAborted();
    const scratch = join(folder, `.encoding-${shortHost()}-${process.pid}-${start}`);
    const paths = batch.map(({ path }) => path);
    encoding = encodeBatch(paths, frames, scratch, signal).then(() => onEncoded?.(start + batch.length));
    encoding.catch(() => {}); // awaited in the next round
  }
  await encoding;
}

async function cleanScratch(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const [, host, pid] = scratchPattern.exec(name) ?? [];
    if (host !== shortHost() || !isDead({ pid: Number(pid), host: hostname(), start: '' })) continue;
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** One encoder for all clips, which begins a new file with a key frame at each of them. */
async function encodeBatch(
  paths: readonly string[],
  pixels: readonly Uint8Array[],
  scratch: string,
  signal?: AbortSignal,
): Promise<void> {
  const { frames, fps, size } = clipFormat;
  await mkdir(scratch, { recursive: true });
  try {
    // With no cut at all the muxer would cut by time.
    const cuts = paths.map((_, i) => (i + 1) * frames);
    await runFfmpeg(
      [
        ...['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${size}x${size}`, '-r', `${fps}`, '-i', 'pipe:0'],
        ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '14', '-pix_fmt', 'yuv420p', '-bf', '0'],
        ...['-g', `${frames}`, '-keyint_min', `${frames}`, '-sc_threshold', '0'],
        ...['-f', 'segment', '-segment_format', 'mp4', '-segment_frames', cuts.join(',')],
        ...['-reset_timestamps', '1', '-segment_format_options', 'movflags=+faststart'],
        join(scratch.replaceAll('%', '%%'), '%d.mp4'), // to ffmpeg a % begins a number
      ],
      { input: Buffer.concat(pixels), signal },
    );
    for (const [i, path] of paths.entries()) await rename(join(scratch, `${i}.mp4`), path);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
