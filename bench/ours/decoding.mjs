// 8 frames of 448 x 448 pixels of each of some clips of 5 s in 1280 x 720.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressOf, at } from '../../scripts/gpuCheck/dist.mjs';
import { serve, settings } from './side.mjs';

const { runFfmpeg } = await at('data/video/ffmpeg.js');
const { readClips } = await at('data/video/readClips.js');
const { reading } = await at('model/family/internvl/tileReading.js');

const { folder, count, seconds } = settings;
const [frames, side] = [8, 448];
const paths = Array.from({ length: count }, (_, i) => join(folder, `clip-${i}.mp4`));
await runFfmpeg([
  ...['-f', 'lavfi', '-i', `testsrc2=size=1280x720:rate=30:duration=${seconds}`],
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', paths[0]],
]);
for (const path of paths.slice(1)) copyFileSync(paths[0], path);
const clips = paths.map((path, i) => ({ id: `clip-${i}`, path }));
const tiles = { segments: frames, tiling: { inputSize: side, maxNum: 1 } };
// As a model reads clips: in threads.
const recipe = { module: addressOf('model/family/internvl/tileReading.js'), settings: tiles };
const options = { ...reading(tiles), recipe };

await serve({
  async decode() {
    const start = performance.now();
    const { frames, failures } = await readClips(clips, options);
    const milliseconds = performance.now() - start;
    if (failures.length > 0) throw new Error(failures[0].reason);
    return { milliseconds, values: blocks(frames.get('clip-0')) };
  },
});

/** Means of blocks of 112 x 112 pixels, of 8 x 4 x 4 and three colours. @param {Uint8Array} pixels */
function blocks(pixels) {
  const means = new Float64Array(frames * 4 * 4 * 3);
  for (let i = 0; i < pixels.length; i++) {
    const [place, colour] = [Math.floor(i / 3), i % 3];
    const [y, x] = [Math.floor(place / side), place % side];
    const [frame, row, column] = [Math.floor(y / side), Math.floor((y % side) / 112), Math.floor(x / 112)];
    means[((frame * 4 + row) * 4 + column) * 3 + colour] += pixels[i] / 112 ** 2;
  }
  return means;
}
