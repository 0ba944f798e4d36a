import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runFfmpeg } from '../../../src/data/video/ffmpeg.js';
import { probe } from '../../../src/data/video/probe.js';
import { clipPath, goldenClips } from '../../support/goldenClips.js';
import { describeShared } from '../../support/shared.js';
import { encodeLossless, noiseFrame, temporaryFolder } from '../../support/videoFixtures.js';

const folder = temporaryFolder();

describe('probe', () => {
  it('reads size, length and codec', async () => {
    const path = join(folder, 'clip.mp4');
    await encodeLossless(
      path,
      [0, 1, 2, 3].map((seed) => noiseFrame(seed, 32, 16)),
      32,
      16,
    );
    expect(await probe(path)).toEqual({
      width: 32,
      height: 16,
      frames: 4,
      fps: 8,
      duration: 0.5,
      codec: 'h264',
    });
  });

  it('names a missing file and the reason', async () => {
    const path = join(folder, 'missing.mp4');
    await expect(probe(path)).rejects.toThrow(`probe: cannot read ${path}: `);
    await expect(probe(path)).rejects.toThrow('No such file or directory');
  });

  it('names a file that is not a video and the reason', async () => {
    const path = join(folder, 'noise.mp4');
    writeFileSync(path, noiseFrame(1, 100, 10));
    await expect(probe(path)).rejects.toThrow(/noise\.mp4.*Invalid data/);
  });

  it('says that a file has sound only', async () => {
    const path = join(folder, 'sound.mp4');
    await runFfmpeg(['-f', 'lavfi', '-i', 'sine=d=0.2', `file:${path}`]);
    await expect(probe(path)).rejects.toThrow('has no video stream (streams: audio)');
  });
});

describeShared(
  'probe of real clips',
  () => {
    it('agrees with the official reader', async () => {
      for (const clip of goldenClips()) {
        const { width, height, fps, codec, frame_count: frames } = clip;
        expect(await probe(clipPath(clip))).toMatchObject({ width, height, fps, codec, frames });
      }
    });
  },
  'golden',
);
