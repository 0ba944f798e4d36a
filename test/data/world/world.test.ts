import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shortHost } from '../../../src/base/owner.js';
import { decodeFrames } from '../../../src/data/video/decodeFrames.js';
import { probe } from '../../../src/data/video/probe.js';
import { renderClip } from '../../../src/data/world/render.js';
import { simulate } from '../../../src/data/world/simulate.js';
import { makeWorld } from '../../../src/data/world/world.js';

describe('makeWorld', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'world-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('writes playable clips that show what was simulated', async () => {
    const { clips } = await makeWorld({ clips: 3, seed: 4, folder });
    for (const [index, clip] of clips.entries()) {
      expect(await probe(clip.path)).toMatchObject({
        codec: 'h264',
        width: 128,
        height: 128,
        frames: 16,
        fps: 8,
      });
      const { frames } = await decodeFrames(clip.path, [0, 7, 15]);
      const rendered = renderClip(simulate(index, { seed: 4 }).frames);
      [0, 7, 15].forEach((frame, i) => {
        const exact = rendered.subarray(frame * 128 * 128 * 3, (frame + 1) * 128 * 128 * 3);
        const error =
          frames[i].reduce((sum, value, at) => sum + Math.abs(value - exact[at]), 0) / exact.length;
        expect(error).toBeLessThan(3);
      });
    }
  });

  const odd = [
    "it's",
    'a:b',
    'file:x',
    '[0:v]',
    'a,b;c=d',
    'back\\slash',
    '-dash',
    'star*?',
    'new\nline',
    'ünï',
    ' x ',
    '$HOME`x`',
    '|pipe',
    '"q"',
  ];
  it.each(['50%', '%d', 'a%03d', '%%', '100%25 wool', ...odd])(
    'writes its clips in a folder called %j',
    async (name) => {
      const { clips } = await makeWorld({ clips: 2, seed: 4, folder: join(folder, name) });
      expect(await readdir(join(folder, name, 'clips'))).toHaveLength(2);
      for (const { path } of clips) expect((await probe(path)).frames).toBe(16);
    },
  );

  it('makes again a clip that is empty, cut off, of zeros, a page or gone', async () => {
    const { clips } = await makeWorld({ clips: 6, seed: 4, folder });
    const before = await Promise.all(clips.map(({ path }) => readFile(path)));
    await writeFile(clips[0].path, '');
    await truncate(clips[1].path, before[1].length - 1);
    await writeFile(clips[2].path, Buffer.alloc(before[2].length));
    await writeFile(clips[3].path, '<!doctype html>');
    await rm(clips[4].path);
    let found: number | undefined;
    await makeWorld({ clips: 6, seed: 4, folder, onProgress: ({ done }) => (found ??= done) });
    expect(found).toBe(1);
    for (const { path } of clips) expect((await probe(path)).frames).toBe(16);
  });

  it('deletes what killed encoders have left', async () => {
    const killed = `.encoding-${shortHost()}-${2 ** 30}-0`;
    for (const name of [killed, '.encoding-00000000-1-0']) await mkdir(join(folder, name));
    await makeWorld({ clips: 1, seed: 4, folder });
    const left = (await readdir(folder)).filter((name) => name.startsWith('.'));
    expect(left).toEqual(['.encoding-00000000-1-0']);
  });

  it('gives votes and truth of every clip and dimension, the same for the same seed', async () => {
    const world = await makeWorld({ clips: 5, seed: 1, folder });
    expect(world.truth.numRows()).toBe(15);
    expect(world.votes.numRows()).toBe(75);
    expect(world.votes.columnNames()).toEqual(
      expect.arrayContaining([
        'clip',
        'annotator',
        'dimension',
        'pass',
        'path',
        'prompt',
        'promptId',
        'generator',
      ]),
    );
    for (const row of world.truth.objects() as { pass: boolean; fault: string; strength: number }[]) {
      expect(row.pass).toBe(row.fault === '');
      expect(row.strength > 0).toBe(!row.pass);
    }
    const again = await makeWorld({ clips: 5, seed: 1, folder });
    expect(again.votes.objects()).toEqual(world.votes.objects());
  });

  it('completes an interrupted folder and leaves what is there', async () => {
    const stop = new AbortController();
    const options = { clips: 70, seed: 2, folder };
    const onProgress = ({ done }: { done: number }) => {
      if (done >= 64) stop.abort(new Error('enough'));
    };
    await expect(makeWorld({ ...options, signal: stop.signal, onProgress })).rejects.toThrow('enough');
    const before = await readdir(join(folder, 'clips'));
    expect(before.length).toBe(64);
    const first = await stat(join(folder, 'clips', before[0]));
    const { clips } = await makeWorld(options);
    expect((await readdir(join(folder, 'clips'))).length).toBe(70);
    expect((await stat(join(folder, 'clips', before[0]))).mtimeMs).toBe(first.mtimeMs);
    expect((await probe(clips[69].path)).frames).toBe(16);
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('refuses another world in the same folder, and parameters out of range', async () => {
    await makeWorld({ clips: 1, seed: 1, folder });
    await expect(makeWorld({ clips: 1, seed: 2, folder })).rejects.toThrow(/another|other parameters/);
    await expect(makeWorld({ clips: 0, seed: 1, folder })).rejects.toThrow(/clips must be/);
    await expect(makeWorld({ clips: 1, seed: 1, folder, failShare: 2 })).rejects.toThrow(/failShare/);
    const unknown = { taste: 0.5 } as Record<string, number>;
    await expect(makeWorld({ clips: 1, seed: 1, folder, failShare: unknown })).rejects.toThrow(
      /no dimension "taste"/,
    );
  });
});
