import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { decodeFrames } from '../../../src/data/video/decodeFrames.js';
import { fileUrl, runFfmpeg } from '../../../src/data/video/ffmpeg.js';
import { FrameCache } from '../../../src/data/video/frameCache.js';
import { probe } from '../../../src/data/video/probe.js';
import { readClips } from '../../../src/data/video/readClips.js';
import { type VideoLimits, videoLimits } from '../../../src/data/video/videoLimits.js';
import { toH264 } from '../../../src/notebook/clipServer.js';
import { clipMeasures } from '../../../src/report/clipMeasures.js';
import { preview } from '../../../src/report/preview.js';
import { temporaryFolder } from '../../support/videoFixtures.js';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const bomb = fileURLToPath(new URL('../../cases/video-bomb/bomb.gif', import.meta.url));
const limits = { ...videoLimits };
afterEach(() => {
  Object.assign(videoLimits, limits);
});

beforeAll(async () => {
  const h264 = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p'];
  const testsrc = (size: string, seconds: number) => [
    '-f',
    'lavfi',
    '-i',
    `testsrc2=s=${size}:r=10:d=${seconds}`,
  ];
  await runFfmpeg([...testsrc('64x48', 3), ...h264, fileUrl(at('small.mp4'))]);
  // More than a megabyte, which is described before it is decoded.
  await runFfmpeg([...testsrc('640x480', 3), ...h264, '-qp', '0', fileUrl(at('large.mp4'))]);
  await runFfmpeg([
    ...testsrc('64x48', 2),
    ...['-c:v', 'libwebp', '-lossless', '1', '-loop', '0', fileUrl(at('animated.webp'))],
  ]);
});

/** All ways in which a clip is read. */
const readers = {
  'frames by number': (path: string) => decodeFrames(path, 2),
  'frames by a rule': (path: string) => decodeFrames(path, () => [0]),
};

describe.each(Object.entries(readers))('limits: %s', (_, read) => {
  it.each(['small.mp4', 'large.mp4', 'animated.webp'])(
    'are raised to read %s, each by its name',
    async (name) => {
      const tight: Partial<VideoLimits> = { pixels: 64 * 48 - 1, frames: 19, bytes: 100 };
      if (!name.endsWith('webp')) tight.seconds = 2;
      for (const [limit, value] of Object.entries(tight) as [keyof VideoLimits, number][]) {
        videoLimits[limit] = value;
        const failure = await read(at(name)).catch((error: Error) => error);
        expect((failure as Error).message).toContain(name);
        const advice = new RegExp(
          `above the limit of ${value.toLocaleString('en')}; .*videoLimits\\.${limit} = (\\d+)`,
        );
        expect((failure as Error).message).toMatch(advice);
        // The advice is followed.
        videoLimits[limit] = Number(advice.exec((failure as Error).message)?.[1]);
        expect((await read(at(name))).frames.length).toBeGreaterThan(0);
        Object.assign(videoLimits, limits);
      }
    },
  );

  it('may be none at all', async () => {
    for (const name of Object.keys(limits) as (keyof VideoLimits)[])
      videoLimits[name] = Number.POSITIVE_INFINITY;
    for (const name of ['small.mp4', 'large.mp4', 'animated.webp'])
      expect((await read(at(name))).frames.length).toBeGreaterThan(0);
  });

  it('name the pixels of a picture that would take all memory', async () => {
    await expect(read(bomb)).rejects.toThrow(
      /bomb\.gif: its frames have 256,000,000 pixels each, above the limit of 67,108,864; .*videoLimits\.pixels = 256000000/,
    );
  });
});

describe('the limit of memory', () => {
  it('is for the frames that are taken out of a clip, too', async () => {
    videoLimits.memory = 500 << 20;
    videoLimits.pixels = 1 << 30;
    await expect(decodeFrames(bomb, () => [0])).rejects.toThrow(
      /768,000,000 bytes of memory.*videoLimits\.memory/,
    );
  });
});

describe('what is not a regular file', () => {
  let server: Server;
  beforeAll(async () => {
    execFileSync('mkfifo', [at('pipe.mp4')]);
    symlinkSync('/dev/zero', at('device.mp4'));
    mkdirSync(at('folder.mp4'));
    server = createServer();
    await new Promise<void>((listening) => server.listen(at('socket.mp4'), listening));
  });
  afterAll(() => {
    server.close();
  });

  it.each([
    ['pipe.mp4', 'a named pipe'],
    ['device.mp4', 'a device'],
    ['folder.mp4', 'a folder'],
    ['socket.mp4', 'a socket'],
  ])('is refused before it is opened: %s', async (name, kind) => {
    const path = at(name);
    const message = `${name}: it is ${kind}, and only regular files are read`;
    const cache = new FrameCache(at('cache'));
    await expect(decodeFrames(path, 2)).rejects.toThrow(message);
    await expect(decodeFrames(path, () => [0])).rejects.toThrow(message);
    await expect(probe(path)).rejects.toThrow(message);
    await expect(cache.contentHash(path)).rejects.toThrow(`it is ${kind}`);
    await expect(clipMeasures(path)).rejects.toThrow(message);
    await expect(preview(path)).rejects.toThrow(message);
    const reading = { segments: 2, transform: () => new Uint8Array(1), parameters: {} };
    for (const options of [reading, { ...reading, cache }]) {
      const { failures } = await readClips([{ id: 'a', path }], options);
      expect(failures).toMatchObject([
        { clip: { id: 'a' }, reason: expect.stringContaining(`it is ${kind}`) },
      ]);
    }
  });
});

describe('playlists', () => {
  beforeAll(async () => {
    mkdirSync(at('outside'));
    mkdirSync(at('inside'));
    await runFfmpeg(['-i', fileUrl(at('small.mp4')), '-c', 'copy', fileUrl(at('outside/secret.ts'))]);
    copyFileSync(at('outside/secret.ts'), at('inside/own.ts'));
    const hls = (file: string) => `#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n${file}\n#EXT-X-ENDLIST\n`;
    writeFileSync(at('inside/outside.m3u8'), hls('../outside/secret.ts'));
    writeFileSync(at('inside/own.m3u8'), hls('own.ts'));
    writeFileSync(at('inside/named.mp4'), hls(at('outside/secret.ts')));
    writeFileSync(at('inside/list.ffconcat'), `ffconcat version 1.0\nfile own.ts\n`);
    writeFileSync(
      at('inside/list.mpd'),
      '<?xml version="1.0"?>\n<MPD type="static" profiles="urn:mpeg:dash:profile:isoff-main:2011"></MPD>',
    );
    writeFileSync(
      at('inside/stream.sdp'),
      'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n',
    );
    for (const i of [1, 2, 3])
      await runFfmpeg([
        '-i',
        fileUrl(at('small.mp4')),
        '-frames:v',
        '1',
        '-f',
        'image2',
        '-update',
        '1',
        fileUrl(at(`inside/picture-${i}.png`)),
      ]);
  });

  it.each(['outside.m3u8', 'own.m3u8', 'named.mp4', 'list.ffconcat', 'list.mpd'])(
    'are refused by name, and nothing that they name is opened: %s',
    async (name) => {
      const path = at(`inside/${name}`);
      await expect(decodeFrames(path, 1)).rejects.toThrow('is a playlist');
      await expect(decodeFrames(path, () => [0])).rejects.toThrow('is a playlist');
      await expect(probe(path)).rejects.toThrow('is a playlist');
    },
  );

  it.each(['outside.m3u8', 'own.m3u8', 'named.mp4', 'list.ffconcat', 'stream.sdp', 'picture-%d.png'])(
    'are not followed by any other way that leads to ffmpeg: %s',
    async (name) => {
      const path = at(`inside/${name}`);
      await expect(decodeFrames(path, 1)).rejects.toThrow();
      await expect(preview(path)).rejects.toThrow();
      await expect(clipMeasures(path)).rejects.toThrow();
      await expect(
        toH264(path, { width: 64, height: 48, frames: 1, fps: 1, duration: 1, codec: '' }),
      ).rejects.toThrow();
    },
  );

  it('a file whose name begins like an address is a file', async () => {
    const path = at('concat:a|b.mp4');
    copyFileSync(at('small.mp4'), path);
    expect((await decodeFrames(path, 1)).frames).toHaveLength(1);
  });

  it('a large file without a known format is refused', async () => {
    writeFileSync(at('empty.mp4'), '');
    truncateSync(at('empty.mp4'), 3 << 20);
    await expect(decodeFrames(at('empty.mp4'), 1)).rejects.toThrow('Invalid data');
  });
});
