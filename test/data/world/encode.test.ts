import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeFrames } from '../../../src/data/video/decodeFrames.js';
import { clipFormat } from '../../../src/data/world/body.js';
import { type ClipToEncode, encodeClips } from '../../../src/data/world/encode.js';

const bytes = clipFormat.frames * clipFormat.size ** 2 * 3;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'encode-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A clip of one grey; rendered when asked for. */
const grey = (name: string, level: number, rendered: string[] = []): ClipToEncode => ({
  path: join(folder, `${name}.mp4`),
  render() {
    rendered.push(name);
    return new Uint8Array(bytes).fill(level);
  },
});
const levels = Array.from({ length: 70 }, (_, i) => 20 + 3 * i);
const clips = (rendered: string[] = []) => levels.map((level, i) => grey(`${i}`, level, rendered));
const levelOf = async (name: string) => {
  const { frames } = await decodeFrames(join(folder, `${name}.mp4`), 4);
  const pixels = frames.flatMap((frame) => [...frame]);
  return pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
};

describe('encodeClips', () => {
  it('writes each clip to its own file, over several batches, and leaves nothing else', async () => {
    const counts: number[] = [];
    await encodeClips(clips(), folder, { onEncoded: (done) => counts.push(done) });
    for (const i of [0, 1, 63, 64, 69]) expect(Math.abs((await levelOf(`${i}`)) - levels[i])).toBeLessThan(3);
    expect(readdirSync(folder).sort()).toEqual(levels.map((_, i) => `${i}.mp4`).sort());
    expect(counts).toEqual([64, 70]);
  });

  it('does nothing for no clips', async () => {
    await encodeClips([], folder);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('stops between batches with the reason of the signal; the files that are there are whole', async () => {
    const stop = new AbortController();
    const rendered: string[] = [];
    const encoded = encodeClips([...clips(rendered), ...clips(rendered)], folder, {
      signal: stop.signal,
      onEncoded: () => stop.abort(new Error('enough')),
    });
    await expect(encoded).rejects.toThrow('enough');
    expect(rendered).toHaveLength(128);
    expect(readdirSync(folder)).toHaveLength(64);
    expect(Math.abs((await levelOf('63')) - levels[63])).toBeLessThan(3);
  });

  it('throws what ffmpeg says, and leaves no file', async () => {
    const broken = [{ path: join(folder, 'a.mp4'), render: () => new Uint8Array(5) }];
    await expect(encodeClips(broken, folder)).rejects.toThrow('Packet too small');
    expect(existsSync(join(folder, 'a.mp4'))).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });
});
