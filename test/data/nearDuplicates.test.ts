import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { from } from 'arquero';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { nearDuplicates } from '../../src/data/nearDuplicates.js';
import { readScores } from '../../src/data/tables/readScores.js';
import { runFfmpeg } from '../../src/data/video/ffmpeg.js';

let folder: string;
const file = (name: string) => join(folder, `${name}.mp4`);
const clip = (id: string) => ({ id, path: file(id), prompt: `of ${id}` });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'near-'));
  const h264 = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p'];
  const generate = (source: string, name: string) =>
    runFfmpeg(['-f', 'lavfi', '-i', `${source}:duration=2`, ...h264, `file:${file(name)}`]);
  await generate('testsrc2=size=240x180:rate=8', 'first');
  await generate('smptebars=size=160x120:rate=8', 'bars');
  await generate('color=c=black:size=64x64:rate=8', 'black');
  await generate('color=c=white:size=64x64:rate=8', 'white');
  const again = ['-vf', 'scale=128:96,eq=brightness=0.03', '-crf', '34', ...h264];
  await runFfmpeg(['-i', `file:${file('first')}`, ...again, `file:${file('again')}`]);
  writeFileSync(file('broken'), 'no video');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('nearDuplicates', () => {
  it('finds a clip that was encoded again, smaller and brighter', async () => {
    const found = await nearDuplicates(['first', 'bars', 'again', 'black', 'white'].map(clip));
    expect(found.objects()).toMatchObject([
      { group: '1', clip: 'first', path: file('first'), prompt: 'of first', distance: 0 },
      { group: '1', clip: 'again', distance: expect.any(Number) },
    ]);
    expect(found.columnNames()).not.toContain('split');
    expect((await nearDuplicates(['first', 'bars'].map(clip))).numRows()).toBe(0);
  });

  it('says which lie on both sides of a split, those first', async () => {
    const copy = (id: string, of: string) => ({ id, path: file(of) });
    const found = await nearDuplicates({
      train: [clip('bars'), copy('bars 2', 'bars'), copy('bars 3', 'bars'), clip('first')],
      test: [clip('again'), clip('black')],
    });
    expect(found.objects().map(({ clip, split, across, group }) => [group, clip, split, across])).toEqual([
      ['1', 'first', 'train', true],
      ['1', 'again', 'test', true],
      ['2', 'bars', 'train', false],
      ['2', 'bars 2', 'train', false],
      ['2', 'bars 3', 'train', false],
    ]);
  });

  it('takes labels and scores, each clip once', async () => {
    const rows = ['first', 'again'].map((id, score) => ({ clip: id, path: file(id), score }));
    expect((await nearDuplicates(await readScores(rows))).array('clip')).toEqual(['first', 'again']);
    const dimensions = ['physics', 'deformity'];
    const labels = from(dimensions.flatMap((dimension) => rows.map((row) => ({ ...row, dimension }))));
    expect((await nearDuplicates({ train: labels, test: [] })).array('clip')).toEqual(['first', 'again']);
  });

  it('reports what it cannot read, and finds the rest', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const found = await nearDuplicates(['first', 'broken', 'again'].map(clip));
    expect(found.numRows()).toBe(2);
    expect(found.failures).toMatchObject([{ clip: { id: 'broken' }, reason: expect.stringMatching(/./) }]);
    expect(warn.mock.calls[0][0]).toContain(
      'nearDuplicates: 1 of 3 clips cannot be read; the first is "broken"',
    );
    warn.mockRestore();
  });

  it('refuses no clips, a table without paths, and a distance that is none', async () => {
    await expect(nearDuplicates([])).rejects.toThrow(
      'nearDuplicates: expected at least one clip, received none',
    );
    await expect(nearDuplicates(await readScores([{ clip: 'a', score: 1 }]))).rejects.toThrow(
      'has no column "path"',
    );
    for (const distance of [-0.1, 0.3, Number.NaN])
      await expect(nearDuplicates([clip('first')], { distance })).rejects.toThrow(`received ${distance}`);
  });
});
