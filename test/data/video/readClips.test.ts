import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { FrameCache } from '../../../src/data/video/frameCache.js';
import type { Frames } from '../../../src/data/video/ppm.js';
import { readClip, readClips } from '../../../src/data/video/readClips.js';
import { encodeLossless, noiseFrame, temporaryFolder } from '../../support/videoFixtures.js';

const folder = temporaryFolder();
const size = 16;
/** Five frames, of which `sampleFrames` takes the first four. */
const original = (clip: number) => Array.from({ length: 5 }, (_, i) => noiseFrame(10 * clip + i, size, size));
const clips = ['a', 'broken', 'b', 'missing', 'c'].map((id) => ({ id, path: join(folder, `${id}.mp4`) }));
const good = clips.filter(({ id }) => id.length === 1);

/** The first pixel of each frame. */
const firstPixels = ({ frames }: Frames) =>
  Uint8Array.from(frames.flatMap((frame) => [...frame.subarray(0, 3)]));
const options = { segments: 4, transform: firstPixels, parameters: { what: 'first pixels' } };

beforeAll(async () => {
  for (const [number, { path }] of good.entries()) await encodeLossless(path, original(number), size, size);
  writeFileSync(join(folder, 'broken.mp4'), noiseFrame(0, 50, 50));
});

describe('readClips', () => {
  it('reads what can be read, and reports and skips the rest', async () => {
    const { frames, failures } = await readClips(clips, options);
    expect([...frames.keys()]).toEqual(['a', 'b', 'c']);
    for (const [number, { id }] of good.entries()) {
      expect(frames.get(id)).toEqual(
        firstPixels({ width: size, height: size, frames: original(number).slice(0, 4) }),
      );
    }
    expect(failures.map(({ clip }) => clip.id)).toEqual(['broken', 'missing']);
    expect(failures[0].reason).toMatch(/broken\.mp4.*Invalid data/);
    expect(failures[1].reason).toMatch(/missing\.mp4.*no such file/i);
  });

  it('decodes a file once that several clips name', async () => {
    let decoded = 0;
    const transform = (frames: Frames) => {
      decoded++;
      return firstPixels(frames);
    };
    const again = clips.map(({ id, path }) => ({ id: `${id} again`, path }));
    const { frames, failures } = await readClips([...clips, ...again], { ...options, transform });
    expect(decoded).toBe(3);
    expect(frames.size).toBe(6);
    expect(frames.get('b again')).toEqual(frames.get('b'));
    expect(failures.map(({ clip }) => clip.id)).toEqual([
      'broken',
      'missing',
      'broken again',
      'missing again',
    ]);
  });

  it('decodes each clip once into its cache', async () => {
    const cache = new FrameCache(join(folder, 'cache'));
    let decoded = 0;
    const counting = {
      ...options,
      cache,
      transform: (frames: Frames) => {
        decoded++;
        return firstPixels(frames);
      },
    };
    const first = await readClips(clips, counting);
    const second = await readClips(clips, counting);
    expect(second).toEqual(first);
    expect(decoded).toBe(3);
    expect(first.failures.map(({ clip }) => clip.id)).toEqual(['broken', 'missing']);
    await readClips(clips, { ...counting, segments: 2 });
    await readClips(clips, { ...counting, parameters: { what: 'something else' } });
    expect(decoded).toBe(9);
  });

  it('tells its progress', async () => {
    const progress: { done: number; total: number; failed: number }[] = [];
    await readClips(clips, { ...options, onProgress: (p) => progress.push(p) });
    expect(progress.map(({ done }) => done)).toEqual([1, 2, 3, 4, 5]);
    expect(progress.at(-1)).toEqual({ done: 5, total: 5, failed: 2 });
  });

  it('stops when its signal is aborted', async () => {
    const abort = new AbortController();
    let done = 0;
    const reading = readClips(clips, {
      ...options,
      concurrency: 1,
      signal: abort.signal,
      onProgress: () => {
        done++;
        abort.abort(new Error('stopped'));
      },
    });
    await expect(reading).rejects.toThrow('stopped');
    expect(done).toBe(1);
  });

  it("throws what is not a clip's fault", async () => {
    const transform = () => {
      throw new TypeError('a mistake in the caller');
    };
    await expect(readClips(clips, { ...options, transform })).rejects.toThrow('a mistake in the caller');
    await expect(readClips(clips, { ...options, segments: 0 })).rejects.toThrow('expected segments');
    await expect(readClips(clips, { ...options, concurrency: 0 })).rejects.toThrow('expected concurrency');
  });

  it('throws when its cache cannot be written', async () => {
    const occupied = join(folder, 'occupied');
    writeFileSync(occupied, 'a file where the folder should be');
    const reading = readClips(clips, { ...options, cache: new FrameCache(occupied) });
    await expect(reading).rejects.toThrow(/ENOTDIR|EEXIST/);
  });
});

describe('readClip', () => {
  it('reads one clip', async () => {
    const expected = firstPixels({ width: size, height: size, frames: original(1).slice(0, 4) });
    expect(await readClip(good[1], options)).toEqual(expected);
  });

  it('throws for a clip that cannot be read', async () => {
    await expect(readClip(clips[1], options)).rejects.toThrow(/broken\.mp4.*Invalid data/);
  });
});
