import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { fileUrl, runFfmpeg } from '../../../src/data/video/ffmpeg.js';
import type { Reading, Recipe } from '../../../src/data/video/readTask.js';
import { addressOf } from '../../support/built.js';
import { makeClips } from '../../support/clips.js';
import { toolsOf } from '../../support/tools.js';
import { temporaryFolder } from '../../support/videoFixtures.js';

const { readClips }: typeof import('../../../src/data/video/readClips.js') = await import(
  addressOf('data/video/readClips.js')
);
const { FrameCache }: typeof import('../../../src/data/video/frameCache.js') = await import(
  addressOf('data/video/frameCache.js')
);
const { readers, closeReaders }: typeof import('../../../src/data/video/readWorkers.js') = await import(
  addressOf('data/video/readWorkers.js')
);
const tiles = addressOf('model/family/internvl/tileReading.js');
const { reading }: typeof import('../../../src/model/family/internvl/tileReading.js') = await import(tiles);

const settings = { segments: 4, tiling: { inputSize: 32, maxNum: 2 } };
const options: Reading & { recipe: Recipe } = { ...reading(settings), recipe: { module: tiles, settings } };
const folder = temporaryFolder();
const threads = readers.threads;
let clips: { id: string; path: string }[];

beforeAll(async () => {
  const made = await makeClips(folder, 6);
  const large = join(folder, 'large.mp4');
  const source = ['-f', 'lavfi', '-i', 'testsrc2=s=320x240:r=25:d=2,noise=alls=40:allf=t'];
  await runFfmpeg([...source, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-qp', '5', fileUrl(large)]);
  writeFileSync(join(folder, 'broken.mp4'), 'nothing');
  const many = Array.from({ length: 40 }, (_, i) => ({ id: `copy-${i}`, path: made[i % 6].path }));
  const missing = ['broken', 'gone'].map((id) => ({ id, path: join(folder, `${id}.mp4`) }));
  clips = [...made, { id: 'large', path: large }, ...missing, ...many, { id: 'again', path: large }];
});
afterEach(() => {
  readers.threads = threads;
});
afterAll(() => closeReaders());

/** All that is read, and why what is not. */
async function readBy(count: number, more = {}) {
  readers.threads = count;
  const { frames, failures } = await readClips(clips, { ...options, ...more });
  return { frames: [...frames].map(([id, bytes]) => [id, Buffer.from(bytes).toString('base64')]), failures };
}

describe('threads that read clips', () => {
  it('give the same bytes, order and reasons as this one, however many they are', async () => {
    const here = await readBy(0);
    expect(here.failures.map(({ clip: { id }, reason }) => [id, reason])).toEqual([
      ['broken', expect.stringContaining(join(folder, 'broken.mp4'))],
      ['gone', expect.stringContaining('No such file')],
    ]);
    for (const count of [1, 2, 5]) expect(await readBy(count)).toEqual(here);
  });

  it('share a cache with this thread', async () => {
    const cache = new FrameCache(join(folder, 'cache'));
    const first = await readBy(3, { cache });
    const entries = readdirSync(cache.folder).sort();
    expect(await readBy(0, { cache })).toEqual(first);
    expect(await readBy(2, { cache })).toEqual(first);
    expect(readdirSync(cache.folder).sort()).toEqual(entries);
    expect((await readBy(0)).frames).toEqual(first.frames);
  });

  it('tell their progress', async () => {
    readers.threads = 2;
    const seen: { done: number; total: number; failed: number }[] = [];
    await readClips(clips, { ...options, onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ done }) => done)).toEqual(clips.map((_, i) => i + 1));
    expect(seen[seen.length - 1]).toEqual({ done: clips.length, total: clips.length, failed: 2 });
  });

  it('stop with their signal, what decodes for them too, and read on afterwards', async () => {
    await closeReaders();
    const fine = join(folder, 'endless.mp4');
    const source = ['-f', 'lavfi', '-i', 'color=s=3840x2160:r=25:d=20'];
    await runFfmpeg([...source, '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '500', fileUrl(fine)]);
    readers.threads = 2;
    const stop = new AbortController();
    const slow = Array.from({ length: 4 }, (_, i) => {
      const path = join(folder, `endless-${i}.mp4`);
      writeFileSync(path, readFileSync(fine));
      return { id: `${i}`, path };
    });
    const idle = toolsOf(process.pid); // decoders of this thread
    const reading = readClips(slow, { ...options, signal: stop.signal });
    const both = idle.length + readers.threads;
    await vi.waitFor(() => expect(toolsOf(process.pid)).toHaveLength(both), { timeout: 60_000 });
    stop.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    await vi.waitFor(() => expect(toolsOf(process.pid)).toEqual(idle), { timeout: 60_000 });
    await expect(readClips(slow, { ...options, signal: stop.signal })).rejects.toThrow('enough');
    expect((await readClips(clips.slice(0, 2), options)).frames.size).toBe(2);
  });

  it('report what is not a fault of a clip, and a thread that ends is replaced', async () => {
    readers.threads = 2;
    const failing = (name: string, text: string): typeof options => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return { ...options, recipe: { module: pathToFileURL(path).href, settings } };
    };
    await expect(
      readClips(clips, failing('throws.mjs', 'throw new RangeError("a bad module")')),
    ).rejects.toThrow(new RangeError('a bad module'));
    await expect(readClips(clips, failing('exits.mjs', 'process.exit(3)'))).rejects.toThrow(
      'a thread that reads clips failed: it ended with status 3',
    );
    writeFileSync(join(folder, 'file'), '');
    const cache = new FrameCache(join(folder, 'file'));
    await expect(readClips(clips, { ...options, cache })).rejects.toThrow(/ENOTDIR|EEXIST/);
    expect((await readClips(clips, options)).frames.size).toBe(clips.length - 2);
  });

  it.each([1, 6])('keep no process alive after %i clips, whether idle or not waited for', (count) => {
    const call = `readClips(clips, { ...reading(settings), recipe: { module: tiles, settings }, signal })`;
    const script = `
      const { readClips } = await import(${JSON.stringify(addressOf('data/video/readClips.js'))});
      const tiles = ${JSON.stringify(tiles)};
      const { reading } = await import(tiles);
      const [settings, clips] = ${JSON.stringify([settings, clips.slice(0, count)])};
      const stop = new AbortController();
      const signal = stop.signal;
      const { frames } = await ${call};
      console.log(frames.size);
      ${call}.catch(({ message }) => console.log(message));
      stop.abort(new Error('stopped'));`;
    mkdirSync(join(folder, 'child'), { recursive: true });
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 120_000,
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${count}\nstopped\n`, stderr: '' });
  });
});
