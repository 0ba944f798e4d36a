import { join } from 'node:path';
import { runFfmpeg } from '../../src/data/video/ffmpeg.js';

/** What the clips show: ffmpeg's test pictures, each of another size. */
const pictures = [
  'testsrc2=size=240x240:rate=8:duration=3',
  'mandelbrot=size=288x160:rate=8:maxiter=200',
  'testsrc=size=256x256:rate=8:duration=3',
  'rgbtestsrc=size=160x120:rate=8:duration=3',
];

/** Encodes clips of 24 frames, 8 a second, into a folder: as many different ones as are wanted. */
export function makeClips(
  folder: string,
  count: number,
): Promise<{ id: string; path: string; prompt: string }[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const path = join(folder, `clip-${i}.mp4`);
      const turned = `hue=h=${25 * Math.floor(i / pictures.length)}`;
      await runFfmpeg([
        ...['-f', 'lavfi', '-i', pictures[i % pictures.length], '-frames:v', '24', '-vf', turned],
        ...['-pix_fmt', 'yuv420p', `file:${path}`],
      ]);
      return { id: `clip-${i}`, path, prompt: 'a red ball falls' };
    }),
  );
}
