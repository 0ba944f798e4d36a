import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { clipInput, decoderOptions, inputOptions } from '../../../src/data/video/clipInput.js';
import { decodeFrames } from '../../../src/data/video/decodeFrames.js';
import { everyFrameOnce, fileUrl, runFfmpeg } from '../../../src/data/video/ffmpeg.js';
import { constants, hasFfmpegLibrary, loadFfmpegLibrary } from '../../../src/data/video/ffmpegLibrary.js';
import { OpenedClip } from '../../../src/data/video/openedClip.js';
import { temporaryFolder } from '../../support/videoFixtures.js';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);

/** A moving picture of 320 x 240, 60 frames. */
async function encode(name: string, ...options: string[]): Promise<string> {
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=15:duration=4,noise=alls=12:allf=t'];
  await runFfmpeg([...picture, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', ...options, fileUrl(at(name))]);
  return at(name);
}

/** All pictures, as ffmpeg gives them. */
async function byFfmpeg(path: string, size: number): Promise<Buffer[]> {
  const raw = [...everyFrameOnce(), '-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1'];
  const bytes = await runFfmpeg(['-noautorotate', ...clipInput(path), '-map', '0:V:0', ...raw]);
  return Array.from({ length: bytes.length / size }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

/** Some pictures, and how many packets the decoder was given. */
function decode(path: string, wanted: number[]): { frames: Buffer[]; given: number } {
  const library = loadFfmpegLibrary();
  library.Log.setLevel(constants.logQuiet);
  const source = { url: fileUrl(path), inputOptions, decoderOptions: decoderOptions() };
  const clip = new OpenedClip(library, source, () => {});
  const frames: Buffer[] = [];
  let given = -1; // what ends the stream is none
  try {
    clip.decode(
      wanted,
      (pixels) => frames.push(Buffer.from(pixels)),
      () => given++,
    );
  } finally {
    clip.close();
  }
  return { frames, given };
}

const frameSize = 3 * 320 * 240;
const every = Array.from({ length: 60 }, (_, i) => i);
const different = (frames: Buffer[], all: Buffer[], wanted: number[]) =>
  wanted.filter((index, i) => Buffer.compare(frames[i], all[index]) !== 0);
const gops = 'b-adapt=0:keyint=20:min-keyint=20:scenecut=0';

describe.skipIf(!hasFfmpegLibrary())('OpenedClip', () => {
  const pyramid = ['-bf', '3', '-x264-params', 'b-pyramid=normal'];

  it.each<[string, string[], boolean]>([
    ['as x264 makes them', [], true],
    ['with B-frames that others refer to', pyramid, true],
    ['of many IDR pictures', ['-bf', '2', '-x264-params', gops], true],
    ['of many I pictures that are none', ['-bf', '2', '-x264-params', `${gops}:open-gop=1`], true],
    ['without B-frames', ['-bf', '0'], true],
    ['of four slices', ['-bf', '3', '-x264-params', 'slices=4'], true],
    ['interlaced', ['-bf', '3', '-flags', '+ildct+ilme'], true],
    ['of key frames alone', ['-g', '1'], true],
    ['of 10 bits', ['-bf', '3', '-pix_fmt', 'yuv420p10le'], true],
    ['with parameter sets among the pictures', ['-bsf:v', 'dump_extra=freq=keyframe'], false],
  ])('decodes frames of H.264 without what they do not need: %s', async (name, options, spares) => {
    const path = await encode(`${name.replaceAll(' ', '-')}.mp4`, ...options);
    const all = await byFfmpeg(path, frameSize);
    const { frames, given } = decode(path, every);
    expect([given, different(frames, all, every)]).toEqual([60, []]);
    expect(decode(path, [56]).given < 60).toBe(spares);
    const random = new Random(1, name.length);
    const picks = [[0], [59], [3, 11, 18, 26, 33, 41, 48, 56], every.filter(() => random.chance(0.2))];
    for (const wanted of picks) expect(different(decode(path, wanted).frames, all, wanted)).toEqual([]);
  });

  it('does so in QuickTime, Matroska, and where an edit list leaves some out', async () => {
    const long = await encode('long.mp4', ...pyramid, '-g', '24');
    for (const [name, ...options] of [['quicktime.mov'], ['matroska.mkv'], ['edited.mp4', '-ss', '1.3']]) {
      await runFfmpeg([...options, '-i', fileUrl(long), '-c', 'copy', fileUrl(at(name))]);
      const all = await byFfmpeg(at(name), frameSize);
      const wanted = [2, 9, 17, 30, all.length - 1];
      const { frames, given } = decode(at(name), wanted);
      expect(given).toBeLessThan(45);
      expect(different(frames, all, wanted)).toEqual([]);
    }
  });

  it('gives the decoder every packet where parameter sets come beside them', async () => {
    await encode('first.flv', '-bf', '2');
    await encode('second.flv', '-bf', '2', '-profile:v', 'main', '-x264-params', 'cabac=0:ref=5');
    writeFileSync(at('list'), 'file first.flv\nfile second.flv\n');
    const joined = ['-f', 'concat', '-i', fileUrl(at('list')), '-c', 'copy'];
    await runFfmpeg([...joined, '-bsf:v', 'h264_mp4toannexb,extract_extradata', fileUrl(at('joined.flv'))]);
    const all = await byFfmpeg(at('joined.flv'), frameSize);
    const wanted = [10, 70, 100];
    const { frames, given } = decode(at('joined.flv'), wanted);
    expect([all.length, given, different(frames, all, wanted)]).toEqual([120, 120, []]);
    expect(decode(at('first.flv'), [10]).given).toBeLessThan(60);
  });

  it('spares what comes behind the last picture up to an IDR picture, and what nothing refers to', async () => {
    const path = await encode('gops.mp4', '-bf', '0', '-x264-params', gops);
    expect(decode(path, [5, 41]).given).toBe(8);
    const b = await encode('b.mp4', '-bf', '2', '-x264-params', `${gops}:b-pyramid=none`);
    expect(decode(b, [19]).given).toBe(8); // 0, 3, 6, 9, 12, 15, 18, 19
  });

  it('sees no damage where it does not look, and refuses what is damaged where it does', async () => {
    const path = await encode('whole.mp4', '-bf', '0', '-x264-params', gops);
    const bytes = readFileSync(path);
    // Among the first 20 pictures, behind the first ones.
    const start = bytes.indexOf('mdat') + 4;
    const end = start + bytes.readUInt32BE(start - 8) - 8;
    const middle = start + Math.floor((end - start) / 6);
    bytes.fill(0xff, middle, middle + 200);
    writeFileSync(at('damaged.mp4'), bytes);
    const [before, after] = [decode(path, [5, 25]), decode(at('damaged.mp4'), [5, 25])];
    expect(different(after.frames, before.frames, [0, 1])).toEqual([]);
    expect(() => decode(at('damaged.mp4'), [15])).toThrow(
      /FFmpeg's libraries cannot decode the file|shows damage/,
    );
    await expect(decodeFrames(at('damaged.mp4'), [15])).rejects.toThrow(
      /decodeFrames: cannot read .*damaged\.mp4: .*error/i,
    );
  });
});
