import { copyFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeFrames } from '../../../src/data/video/decodeFrames.js';
import { runFfmpeg } from '../../../src/data/video/ffmpeg.js';
import type { Frames } from '../../../src/data/video/ppm.js';
import { probe } from '../../../src/data/video/probe.js';
import { readClips } from '../../../src/data/video/readClips.js';
import { ffmpegPaths } from '../../../src/data/video/tools.js';
import { temporaryFolder } from '../../support/videoFixtures.js';

const folder = temporaryFolder();
const stored = (name: string) => fileURLToPath(new URL(`../../cases/${name}`, import.meta.url));
const mean = (frame: Uint8Array) => frame.reduce((sum, value) => sum + value, 0) / frame.length;
/** The number that the left half of a counting clip shows, by its brightness. */
const shownNumbers = ({ frames, width }: Frames) =>
  frames.map((frame) => {
    let sum = 0;
    for (let x = 10; x < width / 4; x++) sum += frame[3 * (50 * width + x)];
    return sum / (width / 4 - 10);
  });

describe('more than 8 bits', () => {
  it.each([
    'ffv1_gbrp16.mkv',
    'ffv1_gray16.mkv',
    'h264_10.mp4',
    'hdr.mp4',
    'hevc10.mp4',
    'prores422.mov',
    'prores4444.mov',
    'vp9_10.webm',
  ])('%s is read in RGB24', async (name) => {
    const { width, height, frames } = await decodeFrames(stored(`video-10bit/${name}`), 4);
    expect([width, height, frames.length]).toEqual([64, 48, 4]);
    for (const frame of frames) expect(frame).toHaveLength(64 * 48 * 3);
    expect(Math.max(...frames[0]) - Math.min(...frames[0])).toBeGreaterThan(50);
  });
});

describe('frames that are shown', () => {
  beforeAll(async () => {
    const numbered = "color=black:s=320x240:r=25:d=8,format=gray,geq=lum='if(lt(X,160),N,random(1)*255)'";
    const h264 = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-g', '50', '-qp', '8'];
    const output = (name: string) => `file:${join(folder, name)}`;
    await runFfmpeg(['-f', 'lavfi', '-i', numbered, ...h264, output('num.mp4')]);
    await runFfmpeg(['-ss', '0.28', '-i', output('num.mp4'), '-c', 'copy', output('edit.mp4')]);
    await runFfmpeg(['-ss', '1.3', '-i', output('num.mp4'), '-c', 'copy', '-t', '5', output('cut.mp4')]);
    await runFfmpeg(['-i', output('edit.mp4'), ...h264, output('again.mp4')]);
  }, 60_000);

  it.each([
    ['editlist_small.mp4', 126],
    ['negts.mp4', 10],
    ['vfr.mp4', 15],
  ])('%s: %i of them, by probe and by decoding', async (name, frames) => {
    const path = stored(`video-editlist/${name}`);
    expect((await probe(path)).frames).toBe(frames);
    const all = await decodeFrames(
      path,
      Array.from({ length: frames }, (_, i) => i),
    );
    expect(all.frames).toHaveLength(frames);
    await expect(decodeFrames(path, [frames])).rejects.toThrow(`has ${frames} frames`);
  });

  it('are the same of a large clip that was trimmed without encoding as of the encoded one', async () => {
    for (const name of ['edit.mp4', 'cut.mp4'])
      expect(statSync(join(folder, name)).size).toBeGreaterThan(1 << 20);
    expect((await probe(join(folder, 'edit.mp4'))).frames).toBe(193);
    const edited = shownNumbers(await decodeFrames(join(folder, 'edit.mp4'), 8));
    const again = shownNumbers(await decodeFrames(join(folder, 'again.mp4'), 8));
    for (const [i, number] of edited.entries()) expect(Math.abs(number - again[i])).toBeLessThan(1.5);
    const { frames } = await probe(join(folder, 'cut.mp4'));
    expect(await decodeFrames(join(folder, 'cut.mp4'), 8)).toMatchObject({ width: 320 });
    expect(await decodeFrames(join(folder, 'cut.mp4'), [frames - 1])).toMatchObject({ width: 320 });
  });

  it('are not turned, as the official reader turns none, and probe says the same size', async () => {
    const output = (name: string) => `file:${join(folder, name)}`;
    const [before, after] =
      ffmpegPaths().libavcodec < 60
        ? [[], ['-metadata:s:v', 'rotate=90']]
        : [['-display_rotation', '90'], []];
    const copied = ['-i', output('num.mp4'), '-c', 'copy', '-t', '1'];
    await runFfmpeg([...before, ...copied, ...after, output('turned.mp4')]);
    const turned = join(folder, 'turned.mp4');
    expect(await probe(turned)).toMatchObject({ width: 320, height: 240 });
    expect(await decodeFrames(turned, 2)).toMatchObject({ width: 320, height: 240 });
  });
});

describe('files that end too early', () => {
  beforeAll(async () => {
    const source = 'testsrc2=s=320x240:r=25:d=4,noise=alls=40:allf=t';
    const h264 = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-qp', '10', '-movflags', '+faststart'];
    await runFfmpeg(['-f', 'lavfi', '-i', source, ...h264, `file:${join(folder, 'whole.mp4')}`]);
    const vp8 = ['-c:v', 'libvpx', '-b:v', '4M', `file:${join(folder, 'whole.webm')}`];
    await runFfmpeg(['-f', 'lavfi', '-i', source, ...vp8]);
    await runFfmpeg(['-f', 'lavfi', '-i', source, '-c:v', 'mjpeg', `file:${join(folder, 'whole.avi')}`]);
  }, 60_000);

  it.each(['whole.mp4', 'whole.webm', 'whole.avi'])('are an error, of any size: %s', async (name) => {
    const path = join(folder, name);
    expect((await decodeFrames(path, 4)).frames).toHaveLength(4);
    const cut = join(folder, `cut-${name}`);
    copyFileSync(path, cut);
    truncateSync(cut, Math.floor(statSync(path).size * 0.6));
    for (const read of [() => decodeFrames(cut, 4), () => decodeFrames(cut, [0]), () => probe(cut)])
      await expect(read()).rejects.toThrow(/is cut off: its header announces \d+ bytes/);
  });

  it('are among the failures of a batch, each by its own reason', async () => {
    const clips = ['whole.mp4', 'cut-whole.mp4'].map((name) => ({ id: name, path: join(folder, name) }));
    const { failures } = await readClips(clips, {
      segments: 2,
      transform: ({ frames }) => frames[0],
      parameters: {},
    });
    expect(failures.map(({ clip, reason }) => [clip.id, reason])).toEqual([
      ['cut-whole.mp4', expect.stringContaining('is cut off')],
    ]);
  });
});

describe('other files', () => {
  it('an animated WebP is probed and decoded', async () => {
    const path = join(folder, 'animated.webp');
    const source = 'testsrc=s=64x48:r=5:d=1';
    await runFfmpeg([
      '-f',
      'lavfi',
      '-i',
      source,
      '-c:v',
      'libwebp',
      '-lossless',
      '1',
      '-loop',
      '0',
      `file:${path}`,
    ]);
    expect(await probe(path)).toEqual({
      width: 64,
      height: 48,
      frames: 5,
      fps: 5,
      duration: 1,
      codec: 'webp',
    });
    const { width, height, frames } = await decodeFrames(path, [0, 4]);
    expect([width, height]).toEqual([64, 48]);
    const reference = join(folder, 'animated.mkv');
    await runFfmpeg(['-f', 'lavfi', '-i', source, '-pix_fmt', 'rgb24', '-c:v', 'ffv1', `file:${reference}`]);
    const expected = (await decodeFrames(reference, [0, 4])).frames;
    expect(frames.map((frame, i) => Buffer.compare(frame, expected[i]))).toEqual([0, 0]);
    const picked = await decodeFrames(path, ({ frames: count }) => [count - 1]);
    expect(picked.frames[0]).toEqual(frames[1]);
    await expect(decodeFrames(path, [5])).rejects.toThrow('has 5 frames, received index 5');
    const cut = join(folder, 'cut.webp');
    copyFileSync(path, cut);
    truncateSync(cut, 900);
    await expect(decodeFrames(cut, 1)).rejects.toThrow('is cut off');
    const clips = ['a', 'b'].map((id) => ({ id, path }));
    const { failures } = await readClips(clips, {
      segments: 2,
      transform: ({ frames: all }) => all[0],
      parameters: {},
    });
    expect(failures).toEqual([]);
  });

  it.each(['x.mpegts', 'cont.m2ts'])('a transport stream is probed and decoded: %s', async (name) => {
    const path = join(folder, name.replace('.mpegts', '.ts'));
    copyFileSync(stored(`video-mpegts/${name}`), path);
    const info = await probe(path);
    expect(info).toMatchObject({ width: 64, height: 48, codec: 'h264' });
    expect(info.fps).toBeGreaterThan(0);
    expect((await decodeFrames(path, [info.frames - 1])).frames).toHaveLength(1);
    await expect(decodeFrames(path, [info.frames])).rejects.toThrow(RangeError);
    const picked = await decodeFrames(path, ({ frames }) => [0, frames - 1]);
    expect(mean(picked.frames[0])).toBeGreaterThan(0);
  });

  it.each([
    ['lfs_pointer.mp4', 'is a pointer of Git LFS'],
    ['html_page.mp4', 'is an HTML page'],
  ])('%s is called what it is', async (name, message) => {
    const path = stored(`lfs-and-html-as-files/${name}`);
    await expect(decodeFrames(path, 2)).rejects.toThrow(message);
    await expect(probe(path)).rejects.toThrow(message);
    const clip = { id: 'a', path };
    const { failures } = await readClips([clip, { id: 'b', path }], {
      segments: 2,
      transform: ({ frames }) => frames[0],
      parameters: {},
    });
    expect(failures.map(({ reason }) => reason)).toEqual(new Array(2).fill(expect.stringContaining(message)));
  });

  it('a picture that would take all memory is refused', async () => {
    await expect(decodeFrames(stored('video-bomb/bomb.gif'), 4)).rejects.toThrow(
      /bomb\.gif: .*videoLimits\.pixels/,
    );
  });

  it('a file whose name says nothing, and one that is gone, are left to ffmpeg', async () => {
    const copy = join(folder, 'no-extension');
    writeFileSync(copy, readFileSync(stored('video-editlist/vfr.mp4')));
    expect((await decodeFrames(copy, 2)).frames).toHaveLength(2);
    rmSync(copy);
    await expect(decodeFrames(copy, 2)).rejects.toThrow('No such file');
  });
});
