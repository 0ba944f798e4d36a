import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runFfmpeg } from '../../src/data/video/ffmpeg.js';
import { probe } from '../../src/data/video/probe.js';
import { serveClip } from '../../src/notebook/clipServer.js';
import { clipTarget } from '../../src/notebook/messages.js';
import { insideNotebook } from '../support/fakeHost.js';

let folder: string;
let clip: string;
const notebook = insideNotebook();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'solireward-clips-'));
  vi.stubEnv('XDG_CACHE_HOME', folder);
  clip = join(folder, 'clip.mp4');
  await encode(clip, 'size=64x48:rate=8:duration=1', '-c:v', 'libx264', '-pix_fmt', 'yuv420p');
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const encode = (file: string, source: string, ...codec: string[]) =>
  runFfmpeg(['-f', 'lavfi', '-i', `testsrc=${source}`, ...codec, file]);

/** What the front end receives when it asks for a clip: data with the bytes beside it, in order. */
async function ask(request: { key?: string; convert?: boolean }) {
  const comm = notebook.connect(clipTarget, request);
  await vi.waitUntil(() => comm.closed, { timeout: 200_000 });
  return comm.received.map((data, i) => ({ data, bytes: comm.buffers[i][0] }));
}

describe('serveClip', () => {
  it('sends the file itself where a browser can play it', async () => {
    const sent = await ask({ key: serveClip(clip) });
    expect(sent).toHaveLength(1);
    expect(sent[0].data).toEqual({ type: 'video/mp4' });
    expect(Buffer.from(sent[0].bytes).equals(readFileSync(clip))).toBe(true);
  });

  it('sends nothing that was not shown', async () => {
    serveClip(clip);
    for (const key of ['unknown', clip, undefined]) expect(await ask({ key })).toEqual([]);
  });

  it('converts when it is asked to, with every frame', async () => {
    const [message, answer] = await ask({ key: serveClip(clip), convert: true });
    expect(message.data.message).toMatch(/^Converting to H.264, once/);
    const file = join(folder, 'converted.mp4');
    writeFileSync(file, answer.bytes);
    expect(await probe(file)).toMatchObject({ codec: 'h264', frames: 8, width: 64, height: 48 });
  });

  it('converts a file that is too large to be sent into one that is not, once', async () => {
    const large = join(folder, 'large.mp4');
    const free = Buffer.alloc(6_000_000);
    free.writeUInt32BE(free.length);
    free.write('free', 4);
    writeFileSync(large, Buffer.concat([readFileSync(clip), free]));
    const key = serveClip(large);
    const [message, answer] = await ask({ key });
    expect(message.data.message).toMatch(/\d MB/);
    expect(answer.bytes.byteLength).toBeLessThanOrEqual(5_000_000);
    const again = await ask({ key });
    expect(again.map(({ data }) => data)).toEqual([{ type: 'video/mp4' }]);
    expect(Buffer.from(again[0].bytes)).toEqual(Buffer.from(answer.bytes));
  });

  it('tells why a file cannot be sent', async () => {
    const gone = join(folder, 'gone.mp4');
    const [answer] = await ask({ key: serveClip(gone) });
    expect(answer.data.error).toContain('gone.mp4');
  });
});

describe('a clip in a codec that browsers do not know', () => {
  it('is converted to H.264', async () => {
    const odd = join(folder, 'odd.mp4');
    await encode(odd, 'size=64x48:rate=8:duration=1', '-c:v', 'mpeg4');
    const key = serveClip(odd);
    const [message, answer] = await ask({ key });
    expect(message.data.message).toContain('mpeg4');
    const file = join(folder, 'from-mpeg4.mp4');
    writeFileSync(file, answer.bytes);
    const before = await probe(odd);
    expect(await probe(file)).toMatchObject({ codec: 'h264', frames: before.frames });
  });
});
