import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeFrames, decodeTogether, tinyFile } from '../../../src/data/video/decodeFrames.js';
import { DecodeQueue } from '../../../src/data/video/decodeQueue.js';
import { hasDecoder } from '../../../src/data/video/decoder.js';
import { runFfmpeg } from '../../../src/data/video/ffmpeg.js';
import { encodeLossless, noiseFrame, temporaryFolder } from '../../support/videoFixtures.js';

vi.mock('../../../src/data/video/decodeFrames.js', async (original) => {
  const actual = await original<typeof import('../../../src/data/video/decodeFrames.js')>();
  return {
    ...actual,
    decodeFrames: vi.fn(actual.decodeFrames),
    decodeTogether: vi.fn(actual.decodeTogether),
  };
});

vi.mock('../../../src/data/video/decoder.js', async (original) => ({
  ...(await original<typeof import('../../../src/data/video/decoder.js')>()),
  hasDecoder: vi.fn(() => false),
  decodeStaying: vi.fn(async () => undefined),
}));

const folder = temporaryFolder();
const paths = Array.from({ length: 20 }, (_, i) => join(folder, `${i}.mp4`));
/** Clips of different sizes, of three frames each. */
const width = (clip: number) => 16 + 2 * clip;
const frame = (clip: number, index: number) => noiseFrame(100 * clip + index, width(clip), 16);

beforeAll(async () => {
  for (const [i, path] of paths.entries()) {
    await encodeLossless(
      path,
      [0, 1, 2].map((index) => frame(i, index)),
      width(i),
      16,
    );
  }
  await encodeLossless(join(folder, 'large.mp4'), [noiseFrame(1, 320, 240)], 320, 240);
  writeFileSync(join(folder, 'broken.mp4'), noiseFrame(0, 50, 50));
  const long = ['-f', 'lavfi', '-i', 'color=gray:s=640x480:r=25:d=4', '-c:v', 'libx264'];
  await runFfmpeg([...long, '-preset', 'ultrafast', `file:${join(folder, 'long.mp4')}`]);
});

beforeEach(() => {
  vi.mocked(decodeFrames).mockClear();
  vi.mocked(decodeTogether).mockClear();
});

describe('DecodeQueue', () => {
  it('gives each clip its own frames, with few processes', async () => {
    const queue = new DecodeQueue(1, 1);
    const decoded = await Promise.all(paths.map((path) => queue.decode(path)));
    for (const [i, { width: w, height, frames }] of decoded.entries()) {
      expect([w, height, frames.length]).toEqual([width(i), 16, 1]);
      expect(Buffer.compare(frames[0], frame(i, 1))).toBe(0);
    }
    // All were asked for at once: 16 and the other 4.
    expect(vi.mocked(decodeFrames)).not.toHaveBeenCalled();
    expect(vi.mocked(decodeTogether)).toHaveBeenCalledTimes(2);
  });

  it('leaves each clip to itself where a decoder stays', async () => {
    vi.mocked(hasDecoder).mockReturnValue(true);
    const queue = new DecodeQueue(1, 2);
    await Promise.all(paths.slice(0, 4).map((path) => queue.decode(path)));
    vi.mocked(hasDecoder).mockReturnValue(false);
    expect(vi.mocked(decodeFrames)).toHaveBeenCalledTimes(4);
    expect(vi.mocked(decodeTogether)).not.toHaveBeenCalled();
  });

  it('gives each clip the frames that are chosen of its length and rate', async () => {
    const queue = new DecodeQueue(({ frames, fps, width }) => [frames - 1, fps > 0 ? width % 3 : 0], 2);
    const decoded = await Promise.all(paths.slice(0, 4).map((path) => queue.decode(path)));
    for (const [i, { frames }] of decoded.entries()) {
      expect(frames.map((found, j) => Buffer.compare(found, frame(i, j === 0 ? 2 : width(i) % 3)))).toEqual([
        0, 0,
      ]);
    }
  });

  it('names the bad file of a batch and reads the others', async () => {
    const queue = new DecodeQueue(1, 1);
    const batch = [...paths.slice(0, 4), join(folder, 'broken.mp4'), ...paths.slice(4, 8)];
    const results = await Promise.allSettled(batch.map((path) => queue.decode(path)));
    expect(results.map(({ status }) => status === 'fulfilled')).toEqual(
      batch.map((path) => !path.endsWith('broken.mp4')),
    );
    expect(String((results[4] as PromiseRejectedResult).reason)).toMatch(/broken\.mp4: .*Invalid data/);
  });

  it('decodes large and long clips by themselves', async () => {
    expect(statSync(join(folder, 'large.mp4')).size).toBeGreaterThan(tinyFile);
    expect(statSync(join(folder, 'long.mp4')).size).toBeLessThan(tinyFile);
    const queue = new DecodeQueue(1, 1);
    const names = ['0', 'large', '1', 'long', '2'].map((name) => join(folder, `${name}.mp4`));
    const decoded = await Promise.all(names.map((path) => queue.decode(path)));
    expect(decoded.map((clip) => clip.width)).toEqual([16, 320, 18, 640, 20]);
    expect(decoded.every(({ frames }) => frames.length === 1)).toBe(true);
  });

  it('stops when its signal is aborted', async () => {
    const abort = new AbortController();
    const queue = new DecodeQueue(1, 1, abort.signal);
    const decoding = paths.map((path) => queue.decode(path));
    abort.abort(new Error('stopped'));
    const results = await Promise.allSettled(decoding);
    for (const result of results) {
      expect(String((result as PromiseRejectedResult).reason)).toMatch(/stopped/);
    }
  });
});
