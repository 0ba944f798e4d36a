import type { Frames } from './ppm.js';
import type { VideoInfo } from './videoInfo.js';

/** Whether a file is an animated WebP, by its first bytes; npm's ffmpeg reads single pictures only. */
export const isAnimatedWebp = (head: Buffer): boolean =>
  head.length > 20 &&
  head.toString('latin1', 0, 4) === 'RIFF' &&
  head.toString('latin1', 8, 16) === 'WEBPVP8X' &&
  (head[20] & 2) !== 0;

/**
 * All frames of an animated WebP, as they are shown one after the other; transparent places are black. Its size is to be
 * checked before.
 * @throws Error with the reason when it cannot be read
 */
export async function decodeWebp(path: string): Promise<Frames> {
  const open = await sharpOf();
  const { data, info } = await open(path, { pages: -1, limitInputPixels: false })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width } = info;
  const height = info.pageHeight ?? info.height;
  const size = 3 * width * height;
  const frames = Array.from(
    { length: data.length / size },
    (_, i) => new Uint8Array(data.buffer, data.byteOffset + i * size, size),
  );
  return { width, height, frames };
}

/** Size and length of an animated WebP. @throws Error with the reason when it cannot be read */
export async function probeWebp(path: string): Promise<VideoInfo> {
  const open = await sharpOf();
  const {
    width,
    height,
    pageHeight = height,
    pages = 1,
    delay = [],
  } = await open(path, { pages: -1, limitInputPixels: false }).metadata();
  const duration = delay.reduce((sum, milliseconds) => sum + milliseconds, 0) / 1000;
  return { width, height: pageHeight, frames: pages, fps: pages / duration, duration, codec: 'webp' };
}

async function sharpOf() {
  try {
    return (await import('sharp')).default;
  } catch (error) {
    throw new Error(
      `the optional package sharp, which reads animated WebP, does not load (${(error as Error).message}); npm install sharp`,
    );
  }
}
