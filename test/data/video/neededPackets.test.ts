import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { decodeFrames } from '../../../src/data/video/decodeFrames.js';
import { runFfmpeg } from '../../../src/data/video/ffmpeg.js';
import { type AvcPacket, type Needed, neededPackets } from '../../../src/data/video/neededPackets.js';
import { probeStream } from '../../../src/data/video/probe.js';
import { ffmpegPaths } from '../../../src/data/video/tools.js';
import { temporaryFolder } from '../../support/videoFixtures.js';

const folder = temporaryFolder();

/** A moving picture of 320 x 240, 60 frames, and more than is decoded whole. */
async function encode(name: string, ...options: string[]): Promise<string> {
  const path = join(folder, name);
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=15:duration=4,noise=alls=12:allf=t'];
  await runFfmpeg([...picture, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', ...options, `file:${path}`]);
  return path;
}

async function needed(path: string, wanted: number[]): Promise<Needed | undefined> {
  const { avc } = await probeStream(path);
  return avc && neededPackets(path, avc, wanted);
}

const count = ({ dropped }: Needed) => dropped.reduce((sum, [first, last]) => sum + last - first + 1, 0);

describe.skipIf(ffmpegPaths().libavcodec < 62)('frames of H.264 without what they do not need', () => {
  const pyramid = ['-bf', '3', '-x264-params', 'b-pyramid=normal'];
  const many = [`b-adapt=0:keyint=20:min-keyint=20:scenecut=0`];

  it.each<[string, string[], boolean]>([
    ['as x264 makes them', [], true],
    ['with B-frames that others refer to', pyramid, true],
    ['of many IDR pictures', ['-bf', '2', '-x264-params', many[0]], true],
    ['of many I pictures that are none', ['-bf', '2', '-x264-params', `${many[0]}:open-gop=1`], true],
    ['without B-frames', ['-bf', '0'], true],
    ['of four slices', ['-bf', '3', '-x264-params', 'slices=4'], true],
    ['interlaced', ['-bf', '3', '-flags', '+ildct+ilme'], true],
    ['of key frames alone', ['-g', '1'], true],
    ['of 10 bits', ['-bf', '3', '-pix_fmt', 'yuv420p10le'], true],
    ['with parameter sets among the pictures', ['-bsf:v', 'dump_extra=freq=keyframe'], false],
  ])('have the same pixels: %s', async (name, options, drops) => {
    const path = await encode(`${name.replaceAll(' ', '-')}.mp4`, ...options);
    const every = Array.from({ length: 60 }, (_, i) => i);
    expect((await needed(path, every))?.dropped).toBeUndefined();
    const all = await decodeFrames(path, every);
    expect((await needed(path, [56])) !== undefined).toBe(drops);
    const random = new Random(1, name.length);
    const picks = [[0], [59], [3, 11, 18, 26, 33, 41, 48, 56], every.filter(() => random.chance(0.2))];
    for (const wanted of picks) {
      const { frames } = await decodeFrames(path, wanted);
      expect(frames.map((frame, i) => Buffer.compare(frame, all.frames[wanted[i]]))).toEqual(
        wanted.map(() => 0),
      );
    }
  });

  it('have the same pixels in QuickTime, and where an edit list leaves some out', async () => {
    const long = await encode('long.mp4', ...pyramid, '-g', '24');
    for (const [name, ...options] of [['quicktime.mov'], ['edited.mp4', '-ss', '1.3']]) {
      const path = join(folder, name);
      await runFfmpeg([...options, '-i', `file:${long}`, '-c', 'copy', `file:${path}`]);
      const { video } = await probeStream(path);
      const every = Array.from({ length: video.frames }, (_, i) => i);
      const all = await decodeFrames(path, every);
      const wanted = [2, 9, 17, 30, video.frames - 1];
      expect(count((await needed(path, wanted))!)).toBeGreaterThan(0);
      const { frames } = await decodeFrames(path, wanted);
      expect(frames.map((frame, i) => Buffer.compare(frame, all.frames[wanted[i]]))).toEqual([0, 0, 0, 0, 0]);
    }
  });

  it('drops what comes behind the last picture up to an IDR picture, and what nothing refers to', async () => {
    const path = await encode('gops.mp4', '-bf', '0', '-x264-params', many[0]);
    expect(await needed(path, [5, 41])).toEqual({
      dropped: [
        [6, 39],
        [42, 59],
      ],
      places: [5, 7],
      shown: 8,
    });
    const b = await encode('b.mp4', '-bf', '2', '-x264-params', `${many[0]}:b-pyramid=none`);
    const { avc } = await probeStream(b);
    const found = (await needed(b, [19]))!;
    const times = avc!.packets.map(({ time }) => time).sort((x, y) => x - y);
    const shown = (packet: AvcPacket) => times.indexOf(packet.time);
    const kept = avc!.packets.filter(
      (_, i) => !found.dropped.some(([first, last]) => i >= first && i <= last),
    );
    expect(kept.map(shown)).toEqual([0, 3, 6, 9, 12, 15, 18, 19]);
  });

  it('sees no damage where it does not look, and says what is damaged where it does', async () => {
    const path = await encode('whole.mp4', '-bf', '0', '-x264-params', many[0]);
    const { avc } = await probeStream(path);
    const damaged = join(folder, 'damaged.mp4');
    copyFileSync(path, damaged);
    const bytes = readFileSync(path);
    const { position, size } = avc!.packets[10];
    bytes.fill(0xff, position + 30, position + size);
    writeFileSync(damaged, bytes);
    const [before, after] = [await decodeFrames(path, [5, 25]), await decodeFrames(damaged, [5, 25])];
    expect(after.frames.map((frame, i) => Buffer.compare(frame, before.frames[i]))).toEqual([0, 0]);
    await expect(decodeFrames(damaged, [15])).rejects.toThrow(
      /decodeFrames: cannot read .*damaged\.mp4: .*error/i,
    );
  });
});

describe('neededPackets', () => {
  const unit = (header: number, length = 6) =>
    Buffer.concat([Buffer.from([0, 0, 0, length, header]), Buffer.alloc(length - 1)]);
  const [idr, reference, other] = [0x65, 0x41, 0x01];

  /** Packets of one unit each, in the order of decoding, shown at `times`. */
  async function of(headers: number[], wanted: number[], times = [...headers.keys()]) {
    const path = join(folder, 'units');
    writeFileSync(path, Buffer.concat(headers.map((header) => unit(header))));
    const packets = headers.map((_, i) => ({ position: 10 * i, size: 10, time: times[i], shown: true }));
    return neededPackets(path, { lengthBytes: 4, packets }, wanted);
  }

  it('gives runs, places and how many are shown', async () => {
    expect(await of([idr, other, reference, other, other, idr, reference], [4])).toEqual({
      dropped: [
        [1, 1],
        [3, 3],
        [5, 6],
      ],
      places: [2],
      shown: 3,
    });
  });

  it.each<[string, number[], number[] | undefined]>([
    ['every packet is needed', [idr, reference, reference], undefined],
    ['it does not begin with an IDR picture', [reference, other, idr, reference], undefined],
    ['two are shown at the same time', [idr, other, reference, reference], [0, 1, 1, 2]],
    ['a time is missing', [idr, other, reference, reference], [0, 1, Number.NaN, 2]],
    ['there is a parameter set', [idr, other, 0x67, reference], undefined],
    ['there is no slice', [idr, other, 0x06, reference], undefined],
    ['the bit is set that is always 0', [idr, other, 0x81, reference], undefined],
  ])('gives nothing where %s', async (_, headers, times) => {
    expect(await of(headers, [headers.length - 1], times)).toBeUndefined();
  });

  it('gives nothing where a packet is not one of units, or is not there', async () => {
    const path = join(folder, 'odd');
    writeFileSync(path, Buffer.concat([unit(idr), unit(other), unit(reference)]));
    const packet = (position: number, size: number, time: number) => ({ position, size, time, shown: true });
    for (const last of [packet(20, 9, 2), packet(20, 11, 2), packet(Number.NaN, 10, 2), packet(500, 10, 2)]) {
      const packets = [packet(0, 10, 0), packet(10, 10, 1), last];
      expect(await neededPackets(path, { lengthBytes: 4, packets }, [2])).toBeUndefined();
    }
    const packets = [packet(0, 10, 0), packet(10, 10, 1), packet(20, 10, 2)];
    expect(await neededPackets(path, { lengthBytes: 4, packets }, [2])).toMatchObject({ dropped: [[1, 1]] });
  });
});
