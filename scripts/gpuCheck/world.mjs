import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { at } from './dist.mjs';

const { makeWorld } = await at('data/world/world.js');
const { simulate, clipId } = await at('data/world/simulate.js');
const { renderClip } = await at('data/world/render.js');
const { clipFormat } = await at('data/world/body.js');
const { sampleFrames } = await at('data/video/sampleFrames.js');
const { FrameCache } = await at('data/video/frameCache.js');
const { ffmpegPaths } = await at('data/video/tools.js');

/**
 * A generated world, and what the model sees of it in the model's cache. Where there is no ffmpeg its files hold the
 * frames as they were rendered, and the cache is filled from them.
 * @param {{ clips: number, seed: number, folder: string }} options
 * @param {any} model
 * @param {boolean} [video] whether there is ffmpeg.
 */
export async function worldFor(options, model, video = hasFfmpeg()) {
  const cache = new FrameCache(join(options.folder, 'cache'));
  model.processor.cache = cache;
  if (!video) {
    const folder = join(options.folder, 'clips');
    await mkdir(folder, { recursive: true });
    for (let i = 0; i < options.clips; i++) {
      const path = join(folder, `${clipId(i)}.mp4`);
      const pixels = renderClip(simulate(i, options).frames);
      await writeFile(path, Buffer.concat([boxOf(pixels.length), pixels]));
      await keepTiles(cache, model.processor.format.reading, path, pixels);
    }
  }
  return { ...(await makeWorld(options)), cache, video };
}

/** The head of the one box that makes a whole MP4 of what follows it: nothing decodes it. @param {number} bytes */
function boxOf(bytes) {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + bytes);
  head.write('mdat', 4);
  return head;
}

/**
 * @param {any} cache
 * @param {any} reading how the model reads clips.
 * @param {string} path
 * @param {Uint8Array} pixels [frames, side, side, 3].
 */
async function keepTiles(cache, { segments, transform, parameters }, path, pixels) {
  const { frames, size } = clipFormat;
  const bytes = 3 * size * size;
  const picked = sampleFrames(frames, segments).map((/** @type {number} */ i) =>
    pixels.subarray(i * bytes, (i + 1) * bytes),
  );
  const content = await cache.contentHash(path);
  const tiles = transform({ frames: picked, width: size, height: size });
  await cache.keep({ content, segments, parameters }, tiles);
}

function hasFfmpeg() {
  try {
    return Boolean(ffmpegPaths());
  } catch {
    return false;
  }
}
