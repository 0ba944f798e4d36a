import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeFrames, tinyFile } from '../../../src/data/video/decodeFrames.js';
import { runFfmpeg } from '../../../src/data/video/ffmpeg.js';
import { clipPath, clipTensors, goldenClips, pngPixels } from '../../support/goldenClips.js';
import { describeShared } from '../../support/shared.js';
import { encodeLossless, noiseFrame, temporaryFolder } from '../../support/videoFixtures.js';

const folder = temporaryFolder();

/** A lossless clip whose frames are known; above 128 KiB it is decoded by selection. */
const cases = [
  { name: 'a small clip', file: 'small.mp4', width: 34, height: 18, count: 12 },
  { name: 'a large clip', file: 'large.mp4', width: 320, height: 240, count: 12 },
];

for (const { name, file, width, height, count } of cases) {
  describe(`decodeFrames of ${name}`, () => {
    const path = join(folder, file);
    const original = Array.from({ length: count }, (_, seed) => noiseFrame(seed, width, height));
    beforeAll(() => encodeLossless(path, original, width, height));

    it('gives frames in display order, exactly', async () => {
      const indices = original.map((_, i) => i);
      const decoded = await decodeFrames(path, indices);
      expect([decoded.width, decoded.height]).toEqual([width, height]);
      expect(decoded.frames.map((frame, i) => Buffer.compare(frame, original[i]))).toEqual(
        indices.map(() => 0),
      );
    });

    it('gives frames in the order asked for, with repeats', async () => {
      const { frames } = await decodeFrames(path, [7, 2, 7]);
      expect(frames.map((frame) => original.findIndex((o) => Buffer.compare(o, frame) === 0))).toEqual([
        7, 2, 7,
      ]);
    });

    it('samples segments', async () => {
      const { frames } = await decodeFrames(path, 4);
      expect(frames.map((frame) => original.findIndex((o) => Buffer.compare(o, frame) === 0))).toEqual([
        1, 4, 7, 9,
      ]);
    });

    it('refuses an index past the end', async () => {
      await expect(decodeFrames(path, [12])).rejects.toThrow(RangeError);
      await expect(decodeFrames(path, [12])).rejects.toThrow('has 12 frames, received index 12');
    });

    it('refuses to decode nothing', async () => {
      await expect(decodeFrames(path, [])).rejects.toThrow('expected at least one index, received none');
    });

    it('names a truncated file and the reason', async () => {
      const cut = join(folder, `cut-${file}`);
      copyFileSync(path, cut);
      truncateSync(cut, Math.floor(statSync(path).size / 2));
      await expect(decodeFrames(cut, 4)).rejects.toThrow(/cannot read .*cut-.*moov atom not found/);
    });

    it('stops when its signal is aborted', async () => {
      const abort = new AbortController();
      const decoding = decodeFrames(path, 4, { signal: abort.signal });
      abort.abort(new Error('stopped'));
      await expect(decoding).rejects.toThrow('stopped');
    });
  });
}

describe('decodeFrames', () => {
  it('selects from a small file that holds a long video', async () => {
    const path = join(folder, 'long.mp4');
    await runFfmpeg([
      ...['-f', 'lavfi', '-i', 'color=gray:s=640x480:r=25:d=4', '-c:v', 'libx264', '-preset', 'ultrafast'],
      `file:${path}`,
    ]);
    expect(statSync(path).size).toBeLessThan(tinyFile);
    const { frames, width, height } = await decodeFrames(path, 3);
    expect([width, height, frames.length]).toEqual([640, 480, 3]);
    expect(frames[2].every((value) => Math.abs(value - 128) <= 1)).toBe(true);
  });

  it('names a missing file', async () => {
    await expect(decodeFrames(join(folder, 'missing.mp4'), 4)).rejects.toThrow(
      /decodeFrames: cannot read .*missing\.mp4: .*No such file or directory/,
    );
  });

  it('names an empty file', async () => {
    writeFileSync(join(folder, 'empty.mp4'), '');
    await expect(decodeFrames(join(folder, 'empty.mp4'), 4)).rejects.toThrow(/empty\.mp4: .*Invalid data/);
  });

  it('names a file of random bytes', async () => {
    writeFileSync(join(folder, 'random.mp4'), noiseFrame(3, 100, 100));
    await expect(decodeFrames(join(folder, 'random.mp4'), 4)).rejects.toThrow(/random\.mp4: .*Invalid data/);
  });

  it('reads a codec that browsers do not play', async () => {
    const path = join(folder, 'mpeg4.mp4');
    await runFfmpeg(['-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=8:d=2', '-c:v', 'mpeg4', `file:${path}`]);
    const { frames } = await decodeFrames(path, 8);
    expect(frames).toHaveLength(8);
  });

  it('names a file with sound only', async () => {
    await runFfmpeg(['-f', 'lavfi', '-i', 'sine=d=0.2', `file:${join(folder, 'sound.mp4')}`]);
    await expect(decodeFrames(join(folder, 'sound.mp4'), 4)).rejects.toThrow(
      /sound\.mp4: .*matches no streams/,
    );
  });

  it('refuses a picture with damage instead of a guess at it', async () => {
    const bytes = readFileSync(join(folder, 'small.mp4'));
    const start = bytes.indexOf('mdat') + 4;
    const data = bytes.readUInt32BE(start - 8) - 8;
    bytes.set(noiseFrame(9, 100, 1), start + Math.floor(data / 2));
    writeFileSync(join(folder, 'damaged.mp4'), bytes);
    await expect(decodeFrames(join(folder, 'damaged.mp4'), 4)).rejects.toThrow(/cannot read .*damaged\.mp4/);
  });
});

describeShared(
  'decodeFrames of real clips',
  () => {
    it.each([0, 1, 2])(
      'gives the planes, colours and means of the official reader: clip %i',
      async (number) => {
        const clip = goldenClips()[number];
        const path = clipPath(clip);
        const tensors = clipTensors(clip);
        const { frames } = await decodeFrames(path, clip.picked_frames);
        for (const [j, index] of clip.picked_frames.entries()) {
          expect(Buffer.compare(frames[j], await pngPixels(clip, j))).toBe(0);
          const select = ['-vf', `select=eq(n\\,${index})`, '-frames:v', '1', '-f', 'rawvideo', 'pipe:1'];
          const planes = ['y', 'u', 'v'].map((p) => tensors[`yuv420p.${j}.${p}`].data as Uint8Array);
          expect(Buffer.compare(await runFfmpeg(['-i', path, ...select]), Buffer.concat(planes))).toBe(0);
        }
        const all = await decodeFrames(
          path,
          clip.frame_mean_rgb.map((_, i) => i),
        );
        expect(all.frames.map(meanRgb)).toBeAllclose(clip.frame_mean_rgb, { rtol: 0, atol: 6e-4 });
      },
    );
  },
  'golden',
);

function meanRgb(frame: Uint8Array): number[] {
  const sum = [0, 0, 0];
  for (let i = 0; i < frame.length; i++) sum[i % 3] += frame[i];
  return sum.map((s) => (s * 3) / frame.length);
}
