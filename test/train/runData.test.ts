import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Clip } from '../../src/data/clip.js';
import { crossPrompt } from '../../src/pairing/crossPrompt.js';
import { listed } from '../../src/pairing/listed.js';
import { checkData, clipData, epochData } from '../../src/train/runData.js';
import { labelsOf, someLabels } from '../support/labels.js';

const options = { dimension: 'physics', seed: 1 };

describe('epochData', () => {
  it('tells streams apart by every pair, and rewinds them', () => {
    const stream = (seed: number, winTie = 0.25) =>
      crossPrompt(someLabels(20, 30), { ...options, seed, winTie });
    const first = stream(1);
    first.next(7);
    const { hash, ...data } = epochData(first);
    expect(first.cursor).toBe(0);
    expect(data).toMatchObject({
      length: 40,
      dimension: 'physics',
      kinds: { 'win-lose': 30, 'win-tie': 10, 'lose-tie': 0 },
    });
    expect(data.clips.size).toBe(50);
    expect(hash).toBe(epochData(stream(1)).hash);
    for (const other of [stream(2), stream(1, 0.2)]) expect(epochData(other).hash).not.toBe(hash);
  });

  it('sees two labels that are swapped beyond the first pairs', () => {
    const labels = (swapped: boolean) =>
      labelsOf(
        Array.from({ length: 1400 }, (_, i) => ({
          clip: `c${i}`,
          pass: swapped && i > 1397 ? i === 1399 : i % 2 === 0,
        })),
      );
    const hashOf = (swapped: boolean) => epochData(crossPrompt(labels(swapped), options)).hash;
    expect(hashOf(true)).not.toBe(hashOf(false));
  });
});

describe('clipData', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'data-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const clip = (id: string, file: string): Clip => ({ id, path: join(folder, file) });
  const data = async (...clips: Clip[]) => {
    const { keep, ...found } = await clipData(folder, clips);
    await keep();
    return found;
  };

  it('knows content, not names or times', async () => {
    await writeFile(join(folder, 'a.mp4'), 'first');
    const before = await data(clip('a', 'a.mp4'));
    expect(before.changed).toEqual([]);
    await writeFile(join(folder, 'b.mp4'), 'first');
    await utimes(join(folder, 'a.mp4'), 1, 1);
    expect(await data(clip('a', 'a.mp4'))).toEqual(before);
    expect(await data(clip('a', 'b.mp4'))).toEqual(before);
  });

  it('names clips whose file is another, of the same size too', async () => {
    await writeFile(join(folder, 'a.mp4'), 'first');
    const before = await data(clip('a', 'a.mp4'));
    await writeFile(join(folder, 'b.mp4'), 'other');
    const after = await data(clip('a', 'b.mp4'));
    expect(after.changed).toEqual(['a']);
    expect(after.hash).not.toBe(before.hash);
  });

  it('sees a change anywhere of a large file that grows, and at its end', async () => {
    const bytes = Buffer.alloc(300_000, 7);
    await writeFile(join(folder, 'a.mp4'), bytes);
    const before = await data(clip('a', 'a.mp4'));
    bytes[bytes.length - 1] = 8;
    await writeFile(join(folder, 'a.mp4'), bytes);
    expect((await data(clip('a', 'a.mp4'))).hash).not.toBe(before.hash);
  });

  it('counts prompts, and files that are not there', async () => {
    await writeFile(join(folder, 'a.mp4'), 'first');
    const plain = clip('a', 'a.mp4');
    const hashes = [plain, { ...plain, prompt: 'a ball' }, clip('a', 'none.mp4')].map(async (one) =>
      data(one),
    );
    expect(new Set((await Promise.all(hashes)).map(({ hash }) => hash)).size).toBe(3);
  });
});

describe('checkData', () => {
  it('refuses ties alone', () => {
    const ties = crossPrompt(someLabels(5, 0), { ...options, winTie: 1 });
    expect(() => checkData(epochData(ties))).toThrow(RangeError);
    expect(() => checkData(epochData(ties))).toThrow('all pairs are ties of 5 clips (pass-');
  });

  it('warns of evaluation on clips that are trained on, by id or by file', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    try {
      const clips = ['a', 'b', 'c'].map((id) => ({ id, path: `${id}.mp4` }));
      const data = epochData(
        listed([{ chosen: clips[0], rejected: clips[1], kind: 'win-lose', dimension: 'd' }], { seed: 1 }),
      );
      checkData(data, [clips[2]]);
      expect(warn).not.toHaveBeenCalled();
      checkData(data, [clips[2], clips[0], { id: 'copy', path: './b.mp4' }]);
      expect(warn).toHaveBeenCalledExactlyOnceWith(
        expect.stringContaining('2 of the 3 clips of evaluate are trained on (a, copy)'),
      );
    } finally {
      warn.mockRestore();
    }
  });
});
