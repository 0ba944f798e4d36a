import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Displayable, jupyterDisplay, type MimeBundle } from '../../src/base/host.js';
import { runFfmpeg } from '../../src/data/video/ffmpeg.js';
import { playableType } from '../../src/notebook/container.js';
import type { PlayerData } from '../../src/notebook/messages.js';
import { pair } from '../../src/notebook/pair.js';
import { player, playerBundle } from '../../src/notebook/player.js';

let folder: string;
let small: string;
let large: string;
const evil = `"><script>alert(1)</script><img src=x onerror='alert(1)'>`;
const bundleOf = async (shown: Displayable): Promise<MimeBundle> => shown[jupyterDisplay]();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'solireward-player-'));
  small = join(folder, 'small.mp4');
  large = join(folder, 'a "large" & noisy one.mp4');
  const encode = (size: string, file: string, noise: string[]) =>
    runFfmpeg([
      ...['-f', 'lavfi', '-i', `testsrc=size=${size}:rate=8:duration=2`, ...noise],
      ...['-c:v', 'libx264', '-pix_fmt', 'yuv420p', file],
    ]);
  await encode('128x128', small, []);
  await encode('320x240', large, ['-vf', 'noise=alls=100:allf=t', '-crf', '1']);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('player', () => {
  it('has the clip as our own type, as a video, as a contact sheet and as text', async () => {
    const bundle = await bundleOf(
      player({ id: 'c1', path: small, prompt: 'a ball falls' }, { score: -1.256, label: false }),
    );
    expect(Object.keys(bundle)).toEqual([
      'application/vnd.solireward.player.v1+json',
      'text/html',
      'image/png',
      'text/plain',
    ]);
    expect(bundle['application/vnd.solireward.player.v1+json']).toMatchObject({
      clips: [
        { id: 'c1', prompt: 'a ball falls', score: -1.256, width: 128, height: 128, frames: 16, fps: 8 },
      ],
    });
    expect(bundle['text/html']).toMatch(
      /<video src="data:video\/mp4;base64,[^"]+" controls muted loop playsinline/,
    );
    expect(bundle['text/plain']).toBe('c1  score \u22121.26  Fail  "a ball falls"');
    const png = Buffer.from(bundle['image/png'] as string, 'base64');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([768, 96]);
  });

  it('links a large file, so that the notebook stays small', async () => {
    const bundle = await bundleOf(player({ path: large }));
    expect(bundle['text/html']).toContain('a%20%22large%22%20%26%20noisy%20one.mp4"');
    expect((bundle['text/html'] as string).length).toBeLessThan(2000);
    expect(bundle['text/plain']).toBe('a "large" & noisy one.mp4');
    const [{ id }] = (bundle['application/vnd.solireward.player.v1+json'] as PlayerData).clips;
    expect(id).toBe('a "large" & noisy one.mp4');
  });

  it('shows prompts, names and notes as text only', async () => {
    const clip = { id: evil, path: small, prompt: evil, generator: evil };
    const bundle = await bundleOf(player(clip, { label: evil, note: evil }));
    expect(bundle['text/html']).not.toMatch(/<script|<img|onerror='/);
  });

  it('gives the front end what it needs of a clip, and no more', async () => {
    const attention = { frames: [0.25, 0.75], at: [4, 12], maps: [[[0.1, 0.15]], [[0.5, 0.25]]] };
    const clip = { id: 'c1', path: small, votes: 'secret' };
    const bundle = await bundleOf(player(clip, { attention }));
    const [data] = (bundle['application/vnd.solireward.player.v1+json'] as PlayerData).clips;
    expect(data).toMatchObject({ id: 'c1', codec: 'h264', attention });
    expect(data.key).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.stringify(data)).not.toContain('secret');
  });

  it.each([
    [{ frames: [] }, 'a weight for each sampled frame'],
    [{ frames: [0.5, Number.NaN] }, 'finite and at least 0, received NaN'],
    [{ frames: [0.5, -1] }, 'finite and at least 0, received -1'],
    [{ frames: [1, 1], at: [3] }, 'an index for each of 2 weights, received 1 indices'],
    [{ frames: [1, 1], at: [3, 16] }, 'ascending indices of 16 frames, received 16'],
    [{ frames: [1, 1], at: [3, 2] }, 'ascending indices of 16 frames, received 2'],
    [{ frames: [1, 1], maps: [[[1]]] }, 'a map for each of 2 frames, received 1 maps'],
    [{ frames: [1], maps: [[]] }, 'maps with rows and columns, received 0 rows of 0'],
    [{ frames: [1], maps: [[[1, 2], [3]]] }, 'rows of 2 places, received a row of 1'],
    [{ frames: [1], maps: [[[Number.POSITIVE_INFINITY]]] }, 'finite and at least 0, received Infinity'],
  ])('refuses attention %j', async (attention, message) => {
    await expect(bundleOf(player({ id: 'c1', path: small }, { attention }))).rejects.toThrow(
      new RegExp(`^player: attention of "c1": .*${message}`),
    );
  });

  it('has a contact sheet in place of a video that browsers cannot decode', async () => {
    const odd = join(folder, 'odd.avi');
    await runFfmpeg(['-i', small, '-c:v', 'mpeg4', odd]);
    const { 'text/html': html } = await bundleOf(player({ path: odd }));
    expect(html).not.toContain('<video');
    expect(html).toMatch(/<img src="data:image\/png;base64,[^"]+" alt=""/);
  });

  it('reports why a clip cannot be shown', async () => {
    await expect(bundleOf(player({ path: join(folder, 'absent.mp4') }))).rejects.toThrow('absent.mp4');
  });
});

describe('pair', () => {
  it('puts two players side by side and plays them together', async () => {
    const bundle = await bundleOf(
      pair({ id: 'good', path: small, score: 2 }, { id: 'bad', path: large, score: -2, prompt: evil }),
    );
    const html = bundle['text/html'] as string;
    expect(html.match(/<video /g)).toHaveLength(2);
    expect(html.match(/<script>/g)).toHaveLength(1);
    expect(html).toContain("addEventListener('play'");
    const png = Buffer.from(bundle['image/png'] as string, 'base64');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([768, 192]);
    expect(bundle['text/plain']).toContain('good  score +2.00\nbad  score \u22122.00');
  });
});

describe('containers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'player-container-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['clip.mkv', ['-c:v', 'libx264'], undefined],
    ['clip.avi', ['-c:v', 'libx264'], undefined],
    ['clip.mov', ['-c:v', 'libx264'], 'video/mp4'],
    ['clip.webm', ['-c:v', 'libvpx'], 'video/webm'],
    ['named.webm', ['-c:v', 'libx264', '-f', 'mp4'], 'video/mp4'],
  ])('%s is handed to the browser as what it plays', async (name, codec, type) => {
    const path = join(folder, name);
    const source = 'testsrc=s=64x48:r=8:d=0.5';
    await runFfmpeg(['-f', 'lavfi', '-i', source, ...codec, '-pix_fmt', 'yuv420p', `file:${path}`]);
    expect(await playableType(path)).toBe(type);
    const html = String((await playerBundle('player', [{ path }]))['text/html']);
    expect(html).toContain(type ? `<video src="data:${type};base64,` : '<img src="data:image/png;base64,');
  });
});
