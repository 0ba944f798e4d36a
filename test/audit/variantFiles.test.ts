import { existsSync } from 'node:fs';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { VariantFiles } from '../../src/audit/variantFiles.js';
import { videoVariants } from '../../src/audit/variants.js';
import * as environments from '../../src/base/childEnvironment.js';
import type { Clip } from '../../src/data/clip.js';
import { decodeFrames } from '../../src/data/video/decodeFrames.js';
import * as ffmpeg from '../../src/data/video/ffmpeg.js';
import { videoLimits } from '../../src/data/video/videoLimits.js';
import { makeClips } from '../support/clips.js';
import { encodeLossless, noiseFrame, temporaryFolder } from '../support/videoFixtures.js';

const folder = temporaryFolder();
let clip: Clip;
beforeAll(async () => {
  [clip] = await makeClips(folder, 1);
});
const all = ({ frames }: { frames: number }) => Array.from({ length: frames }, (_, i) => i);
const mean = (frame: Uint8Array) => frame.reduce((sum, value) => sum + value, 0) / frame.length;
const gap = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;
const variants = (...names: string[]) => videoVariants.filter(({ family }) => names.includes(family));

describe('VariantFiles', () => {
  it('makes every variant as a clip of its own, encoded like the control', { timeout: 600_000 }, async () => {
    const { control, variants } = await new VariantFiles(join(folder, 'all'), 1).make(clip, videoVariants);
    const before = await decodeFrames(control, all);
    expect(before.frames).toHaveLength(24);
    const given = await decodeFrames(clip.path, all);
    for (const [i, frame] of before.frames.entries()) expect(gap(frame, given.frames[i])).toBeLessThan(3);

    const settings = await encoding(control);
    for (const [i, path] of variants.entries()) {
      const { family, level, strength } = videoVariants[i];
      const name = `${family} ${level} (${strength})`;
      expect(path, name).toBeTypeOf('string');
      const { width, height, frames } = await decodeFrames(path as string, all);
      const count = { slower: 48, faster: 12, trimmed: 18 }[family as string] ?? 24;
      expect(frames.length, name).toBe(count);
      expect([width, height], name).toEqual(family === 'resized' ? [180, 180] : [240, 240]);
      if (family !== 'resized') {
        const moved = frames.some((frame, at) => gap(frame, before.frames[Math.min(at, 23)]) > 0.5);
        expect(moved, name).toBe(true);
      }
      expect(await encoding(path as string), name).toBe(settings);
    }
  });

  it('changes light by what it says', async () => {
    const files = new VariantFiles(join(folder, 'light'), 1);
    const [height, width] = [16, 16];
    const grey = new Uint8Array(height * width * 3).fill(100);
    const path = join(folder, 'grey.mp4');
    await encodeLossless(path, [grey, grey], width, height);
    const { control, variants: made } = await files.make(
      { id: 'grey', path },
      variants('darker', 'brighter', 'flatter', 'harder'),
    );
    const level = async (file: string | Error) => mean((await decodeFrames(file as string, [0])).frames[0]);
    const levels = await Promise.all([control, ...made].map(level));
    const expected = [100, 84, 68, 36, 116, 132, 164, 105.6, 111.2, 116.8, 93, 83.2, 72];
    for (const [i, value] of levels.entries()) expect(Math.abs(value - expected[i])).toBeLessThan(2);
  });

  it('gives the same bytes each time, whatever memory held before, and another order by another seed', async () => {
    const some = variants('noise', 'compression', 'shuffled', 'dropped frames');
    const { childEnvironment } = environments;
    const fresh = vi.spyOn(environments, 'childEnvironment');
    const make = async (name: string, seed: number, byte: number) => {
      // glibc fills new memory with this byte, so that what is read before it is written shows.
      fresh.mockImplementation((more) => childEnvironment({ ...more, MALLOC_PERTURB_: String(byte) }));
      const { variants } = await new VariantFiles(join(folder, name), seed).make(clip, some);
      return Promise.all(variants.map((path) => readFile(path as string, 'base64')));
    };
    try {
      const first = await make('a', 1, 1);
      expect(fresh).toHaveBeenCalled();
      expect(await make('b', 1, 85)).toEqual(first);
      expect((await make('c', 2, 85)).at(-1)).not.toBe(first.at(-1));
    } finally {
      fresh.mockRestore();
    }
  });

  it('keeps what it has made, by the content of the clip, and makes what is damaged anew', async () => {
    const files = new VariantFiles(join(folder, 'kept'), 1);
    const some = variants('reversed', 'flipped');
    const first = await files.make(clip, some);
    const run = vi.spyOn(ffmpeg, 'runFfmpeg');
    try {
      const copy = join(folder, 'copy.mp4');
      await writeFile(copy, await readFile(clip.path));
      expect(await new VariantFiles(join(folder, 'kept'), 1).make({ id: 'b', path: copy }, some)).toEqual(
        first,
      );
      expect(run).not.toHaveBeenCalled();
      const whole = await readFile(first.control);
      await truncate(first.control, whole.length - 10);
      expect(await files.make(clip, some)).toEqual(first);
      expect((await readFile(first.control)).equals(whole)).toBe(true);
    } finally {
      run.mockRestore();
    }
  });

  it('leaves nothing behind when it is stopped', async () => {
    const place = join(folder, 'stopped');
    const stop = new AbortController();
    const making = new VariantFiles(place, 1).make(clip, videoVariants, stop.signal);
    await expect.poll(() => existsSync(place), { timeout: 60_000 }).toBe(true);
    stop.abort(new Error('enough'));
    await expect(making).rejects.toThrow('enough');
    const left = await readdir(place, { recursive: true });
    expect(left.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('says which variants a short clip cannot have', async () => {
    const path = join(folder, 'short.mp4');
    await encodeLossless(
      path,
      [0, 1, 2].map((i) => noiseFrame(i, 32, 32)),
      32,
      32,
    );
    const some = variants('frozen', 'shuffled', 'blur');
    const { variants: made } = await new VariantFiles(join(folder, 'short'), 1).make({ id: 's', path }, some);
    const errors = made.map((path, i) => (path instanceof Error ? `${some[i].family} ${some[i].level}` : ''));
    expect(errors.filter(Boolean)).toEqual(['shuffled 1', 'shuffled 2']);
    expect((made[some.findIndex(({ family }) => family === 'shuffled')] as Error).message).toBe(
      '"shuffled" needs 4 frames, and the clip has 3',
    );
  });

  it('cuts an odd side, of all alike', async () => {
    const path = join(folder, 'odd.mp4');
    await encodeLossless(path, [noiseFrame(1, 33, 31), noiseFrame(2, 33, 31)], 33, 31);
    const { control, variants: made } = await new VariantFiles(join(folder, 'odd'), 1).make(
      { id: 'odd', path },
      variants('letterboxed', 'low resolution', 'caption', 'watermark'),
    );
    for (const file of [control, ...made]) {
      const { width, height } = await decodeFrames(file as string, [0]);
      expect([width, height]).toEqual([32, 30]);
    }
  });

  it('refuses a file that is not a clip, that is not there, or above a limit', async () => {
    const files = new VariantFiles(join(folder, 'refused'), 1);
    const text = join(folder, 'text.mp4');
    await writeFile(text, 'no clip');
    await expect(files.make({ id: 'a', path: text }, [])).rejects.toThrow('text.mp4');
    await expect(files.make({ id: 'a', path: join(folder, 'none.mp4') }, [])).rejects.toThrow('none.mp4');
    const { pixels } = videoLimits;
    videoLimits.pixels = 100;
    try {
      await expect(files.make(clip, [])).rejects.toThrow('sr.data.videoLimits.pixels');
    } finally {
      videoLimits.pixels = pixels;
    }
  });
});

/** The settings that the encoder writes into a file. */
async function encoding(path: string): Promise<string> {
  const bytes = await readFile(path, 'latin1');
  const [found] = /options: [^\0]*/.exec(bytes) ?? [];
  return String(found);
}
