import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { cacheFolder } from '../base/cacheFolder.js';
import { type Comm, host } from '../base/host.js';
import { checkedInput } from '../data/video/clipInput.js';
import { fileUrl, runFfmpeg } from '../data/video/ffmpeg.js';
import { FrameCache } from '../data/video/frameCache.js';
import { probe, type VideoInfo } from '../data/video/probe.js';
import { playableType } from './container.js';
import { clipTarget } from './messages.js';

/** A clip that is sent through the kernel has at most as many bytes: a message that is larger blocks the others. */
const sentBytes = 5_000_000;

/** Codecs of video that browsers decode. */
const browserCodecs = new Set(['h264', 'vp8', 'vp9', 'av1']);

/** The files that this process has shown, by keys that cannot be guessed. Nothing else is sent. */
const shown = new Map<string, string>();

/** True where browsers are known to decode a codec, by ffmpeg's name of it. */
export const isBrowserCodec = (codec: string): boolean => browserCodecs.has(codec);

/**
 * Lets the players of the front end ask for one file, wherever it is: the browser may not reach it, or not decode it.
 * What is larger than 5 MB, and what is in a codec or container that browsers do not know, is converted to H.264 once, into the
 * cache ($XDG_CACHE_HOME or ~/.cache, solireward/clips).
 * @returns the key by which the front end asks, in a comm to `clipTarget`
 */
export function serveClip(path: string): string {
  host()?.onComm(clipTarget, (comm, request) => void answer(comm, request));
  const key = randomUUID();
  shown.set(key, resolve(path));
  return key;
}

/** Sends a clip, or why it cannot be sent; a key that this process has not given out is left without an answer. */
async function answer(comm: Comm, { key, convert, about }: Record<string, unknown>): Promise<void> {
  const path = shown.get(String(key));
  try {
    if (path && about === true) comm.send({ video: await probe(path) });
    else if (path) {
      const { type, bytes } = await playable(path, convert === true, comm);
      comm.send({ type }, [bytes]);
    }
  } catch (error) {
    comm.send({ error: (error as Error).message });
  }
  comm.close();
}

async function playable(
  path: string,
  convert: boolean,
  comm: Comm,
): Promise<{ type: string; bytes: Uint8Array }> {
  const info = await probe(path);
  const { size } = await stat(path);
  const container = await playableType(path);
  const isKnown = isBrowserCodec(info.codec) && container !== undefined;
  if (!convert && size <= sentBytes && isKnown) return { type: container, bytes: await readFile(path) };
  const cache = new FrameCache(cacheFolder('clips'));
  const content = await cache.contentHash(path);
  const converted = await cache.get({ content, as: 'h264', sentBytes }, () => {
    const kind = isBrowserCodec(info.codec) ? extname(path).slice(1) || 'its container' : info.codec;
    const why = isKnown ? `${(size / 1e6).toFixed(1)} MB` : kind;
    comm.send({ message: `Converting to H.264, once (${why}) \u2026` });
    return toH264(path, info);
  });
  if (converted.byteLength > sentBytes) {
    throw new Error(
      `This clip is too long to be sent through the kernel (${Math.round(info.duration)} s); put it into the folder ` +
        'that Jupyter serves, as H.264.',
    );
  }
  return { type: 'video/mp4', bytes: converted };
}

/** Every frame of a clip as H.264 that all browsers decode, with a bit rate at which it stays below the limit. */
export async function toH264(path: string, { duration }: VideoInfo): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'solireward-clip-'));
  const file = join(folder, 'clip.mp4');
  const bitsPerSecond = Math.floor((0.8 * sentBytes * 8) / duration);
  try {
    await runFfmpeg([
      ...(await checkedInput(path)),
      ...['-map', '0:V:0', '-vf', 'scale=trunc(min(iw\\,1280)/2)*2:-2'],
      ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '18', '-pix_fmt', 'yuv420p'],
      ...['-maxrate', String(bitsPerSecond), '-bufsize', String(bitsPerSecond)],
      ...['-movflags', '+faststart', fileUrl(file)],
    ]);
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
