import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/base/packageRoot.js';
import { clipInput } from '../../../src/data/video/clipInput.js';
import { decodeFrames } from '../../../src/data/video/decodeFrames.js';
import { decoderAbout, decodeStaying, hasDecoder } from '../../../src/data/video/decoder.js';
import { everyFrameOnce, fileUrl, runFfmpeg } from '../../../src/data/video/ffmpeg.js';
import { probe } from '../../../src/data/video/probe.js';
import { ffmpegPaths } from '../../../src/data/video/tools.js';
import type { VideoInfo } from '../../../src/data/video/videoInfo.js';
import { videoLimits } from '../../../src/data/video/videoLimits.js';
import { temporaryFolder } from '../../support/videoFixtures.js';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const stored = (name: string) => fileURLToPath(new URL(`../../cases/${name}`, import.meta.url));
const limits = { ...videoLimits };
afterEach(() => {
  Object.assign(videoLimits, limits);
});

/** The processes that decode for this one. */
const decoders = (): number[] => {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
  return children.filter(Boolean).map(Number).filter(isDecoder);
};
const isDecoder = (pid: number) =>
  existsSync(`/proc/${pid}/cmdline`) &&
  readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('decoderProcess');

const everyFrame = ({ frames }: VideoInfo) => Array.from({ length: frames }, (_, i) => i);

/** Both ways: all frames, and what is said of the file. */
async function bothWays(path: string) {
  const raw = [...everyFrameOnce(), '-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1'];
  const input = ['-xerror', '-threads', '1', '-noautorotate', ...clipInput(path), '-map', '0:V:0'];
  const expected = await runFfmpeg([...input, ...raw]);
  let video: VideoInfo | undefined;
  const clip = await decodeStaying(path, (said) => {
    video = said;
    return everyFrame(said);
  });
  return { expected, video, pixels: clip && Buffer.concat(clip.frames) };
}

describe.skipIf(!hasDecoder() || ffmpegPaths().libavcodec < 62)('the decoder gives what ffmpeg gives', () => {
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=s=162x122:r=10:d=1'];

  it.each<[string, ...string[]]>([
    ['bt709.mp4', '-vf', 'scale=out_color_matrix=bt709', '-colorspace', 'bt709', '-pix_fmt', 'yuv420p'],
    ['full.mp4', '-vf', 'scale=out_range=full', '-color_range', 'pc', '-pix_fmt', 'yuv420p'],
    ['hevc.mp4', '-c:v', 'libx265', '-pix_fmt', 'yuv420p10le', '-colorspace', 'bt2020nc'],
    ['444.mp4', '-pix_fmt', 'yuv444p'],
    ['422.mkv', '-c:v', 'libx264', '-pix_fmt', 'yuv422p10le'],
    ['gray.mp4', '-pix_fmt', 'gray'],
    ['vp8.webm', '-c:v', 'libvpx'],
    ['vp9.webm', '-c:v', 'libvpx-vp9', '-pix_fmt', 'yuva420p'],
    ['av1.mkv', '-c:v', 'libaom-av1', '-cpu-used', '8'],
    ['mpeg4.avi', '-c:v', 'mpeg4'],
    ['mjpeg.mov', '-c:v', 'mjpeg'],
    ['mpeg2.mpg', '-c:v', 'mpeg2video'],
    ['h264.ts', '-c:v', 'libx264'],
    ['h264.h264', '-c:v', 'libx264'],
    ['fragments.mp4', '-movflags', 'frag_keyframe+empty_moov', '-g', '5'],
    ['rgb.mkv', '-c:v', 'ffv1', '-pix_fmt', 'bgr0'],
    ['picture.gif'],
    ['picture.apng'],
    ['picture.png', '-frames:v', '1', '-update', '1'],
    ['picture.webp', '-frames:v', '1'],
    ['raw.y4m'],
  ])('of a file of its own: %s', async (name, ...options) => {
    await runFfmpeg([...picture, ...options, fileUrl(at(name))]);
    const { expected, video, pixels } = await bothWays(at(name));
    expect(pixels && Buffer.compare(pixels, expected)).toBe(0);
    expect(video).toEqual(await probe(at(name)));
  });

  it.each(
    ['video-10bit', 'video-editlist', 'video-mpegts'].flatMap((kind) =>
      readdirSync(stored(kind))
        .filter((name) => !/^README|\.sh$/.test(name))
        .map((name) => `${kind}/${name}`),
    ),
  )('of a file that made trouble: %s', async (name) => {
    const { expected, video, pixels } = await bothWays(stored(name));
    expect(pixels && Buffer.compare(pixels, expected)).toBe(0);
    expect(video).toEqual(await probe(stored(name)));
  });

  it('of one with sound, a cover picture before it, and turned', async () => {
    const sound = ['-f', 'lavfi', '-i', 'sine=d=1'];
    await runFfmpeg([...picture, ...sound, '-pix_fmt', 'yuv420p', fileUrl(at('sound.mp4'))]);
    await runFfmpeg([...picture, '-frames:v', '1', '-update', '1', fileUrl(at('cover.png'))]);
    const both = ['-i', fileUrl(at('cover.png')), '-i', fileUrl(at('sound.mp4')), '-map', '0', '-map', '1'];
    await runFfmpeg([...both, '-c', 'copy', '-disposition:v:0', 'attached_pic', fileUrl(at('cover.mp4'))]);
    await runFfmpeg([
      '-display_rotation',
      '90',
      '-i',
      fileUrl(at('sound.mp4')),
      '-c',
      'copy',
      fileUrl(at('turned.mp4')),
    ]);
    for (const name of ['sound.mp4', 'cover.mp4', 'turned.mp4']) {
      const { expected, video, pixels } = await bothWays(at(name));
      expect(video).toMatchObject({ width: 162, height: 122, frames: 10 });
      expect(pixels && Buffer.compare(pixels, expected)).toBe(0);
    }
  });
});

describe.skipIf(!hasDecoder())('the decoder', () => {
  beforeAll(async () => {
    const picture = ['-f', 'lavfi', '-i', 'testsrc2=s=1280x720:r=25:d=4,noise=alls=20:allf=t'];
    await runFfmpeg([
      ...picture,
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-qp',
      '10',
      fileUrl(at('long.mp4')),
    ]);
    await runFfmpeg(['-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=10:d=1', fileUrl(at('small.mp4'))]);
  });

  it.runIf(process.platform === 'linux')(
    'stays for the next clip, one for each that is read at the same time',
    async () => {
      await decodeFrames(at('small.mp4'), 2);
      const [first] = decoders();
      for (let i = 0; i < 3; i++) await decodeFrames(at('small.mp4'), 2);
      expect(decoders()).toContain(first);
      const before = decoders().length;
      await Promise.all([1, 2, 3].map(() => decodeFrames(at('small.mp4'), 2)));
      expect(decoders().length).toBeLessThanOrEqual(Math.max(3, before));
    },
  );

  it('says of which FFmpeg it is', async () => {
    expect(await decoderAbout()).toMatchObject({
      version: expect.stringMatching(/\d/),
      libavcodec: expect.any(Number),
    });
  });

  it('leaves to ffmpeg what is damaged, is cut off, has no picture or is no clip', async () => {
    const whole = readFileSync(at('small.mp4'));
    writeFileSync(at('damaged.mp4'), Buffer.from(whole).fill(0x55, 400, 1400));
    copyFileSync(at('small.mp4'), at('cut.mp4'));
    truncateSync(at('cut.mp4'), whole.length / 2);
    await runFfmpeg(['-f', 'lavfi', '-i', 'sine=d=0.2', fileUrl(at('sound-only.mp4'))]);
    writeFileSync(
      at('list.m3u8'),
      `#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nsmall.mp4\n#EXT-X-ENDLIST\n`,
    );
    const names = ['damaged.mp4', 'cut.mp4', 'sound-only.mp4', 'list.m3u8', 'none.mp4'];
    for (const name of names) expect(await decodeStaying(at(name), everyFrame), name).toBeUndefined();
    expect(await decodeStaying(stored('video-bomb/bomb.gif'), everyFrame)).toBeUndefined();
    expect(await decodeStaying(at('small.mp4'), everyFrame)).toBeDefined();
  });

  it('leaves it to ffmpeg where frames cannot be chosen, and reads the next clip', async () => {
    const choose = () => {
      throw new RangeError('no frame');
    };
    expect(await decodeStaying(at('small.mp4'), choose)).toBeUndefined();
    expect(await decodeStaying(at('small.mp4'), () => [1, 2])).toMatchObject({ width: 64, height: 48 });
  });

  it('is ended by the signal, and replaced', async () => {
    const abort = new AbortController();
    const reading = decodeStaying(
      at('long.mp4'),
      (video) => {
        abort.abort(new Error('stopped'));
        return everyFrame(video);
      },
      abort.signal,
    );
    await expect(reading).rejects.toThrow('stopped');
    expect(await decodeStaying(at('small.mp4'), () => [0])).toBeDefined();
  });

  it.runIf(process.platform === 'linux')('is replaced when it was killed while it worked', async () => {
    await decodeStaying(at('small.mp4'), () => [0]);
    const killed = decodeStaying(at('long.mp4'), (video) => {
      for (const pid of decoders()) process.kill(pid, 'SIGKILL');
      return everyFrame(video);
    });
    expect(await killed).toBeUndefined();
    expect(await decodeStaying(at('small.mp4'), () => [0])).toBeDefined();
  });

  it('reads the file of the folder in which this process is', async () => {
    const from = process.cwd();
    await decodeStaying(at('small.mp4'), () => [0]);
    process.chdir(folder);
    try {
      expect(await decodeStaying('small.mp4', () => [0])).toMatchObject({ width: 64 });
    } finally {
      process.chdir(from);
    }
  });

  it('is held to the limits of time', async () => {
    await decodeStaying(at('small.mp4'), () => [0]);
    videoLimits.workSeconds = 0.05;
    await expect(decodeFrames(at('long.mp4'), everyFrame)).rejects.toThrow(
      /decodeFrames: cannot read .*long\.mp4: ffmpeg has worked on it for .*videoLimits\.workSeconds/,
    );
  });

  it('is left out where memory is limited to less than it is good for', async () => {
    videoLimits.memory = 1 << 30;
    expect(hasDecoder()).toBe(false);
    expect(await decodeStaying(at('small.mp4'), () => [0])).toBeUndefined();
    expect((await decodeFrames(at('small.mp4'), 2)).frames).toHaveLength(2);
  });

  it.runIf(process.platform === 'linux')('has the limit of memory in force', async () => {
    const limitOf = () =>
      /Max address space +(\d+)/.exec(readFileSync(`/proc/${decoders().at(-1)}/limits`, 'utf8'))?.[1];
    for (const memory of [2.5 * 2 ** 30, 3 * 2 ** 30]) {
      videoLimits.memory = memory;
      expect(await decodeStaying(at('small.mp4'), () => [0])).toBeDefined();
      expect(Number(limitOf())).toBe(memory);
    }
  });

  it.runIf(process.platform === 'linux')('keeps no process alive, and ends with it', async () => {
    const module = JSON.stringify(join(packageRoot, 'dist', 'src', 'data', 'video', 'decoder.js'));
    const code = `import { decodeStaying } from ${module};
      const clip = await decodeStaying(${JSON.stringify(at('small.mp4'))}, () => [0]);
      const { readFileSync } = await import('node:fs');
      console.log(clip.width, readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8'));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    expect(await new Promise((end) => child.on('close', end))).toBe(0);
    const [width, pid] = said.trim().split(' ').map(Number);
    expect(width).toBe(64);
    await expect.poll(() => isDecoder(pid)).toBe(false);
  });
});
