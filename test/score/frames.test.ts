import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jupyterDisplay } from '../../src/base/host.js';
import { decodeFrames } from '../../src/data/video/decodeFrames.js';
import { runFfmpeg } from '../../src/data/video/ffmpeg.js';
import { load } from '../../src/model/load.js';
import { tiny } from '../../src/model/tiny.js';
import { frames } from '../../src/score/frames.js';
import { makeClips } from '../support/clips.js';
import { goldenPath } from '../support/goldenFolder.js';

let folder: string;
let clip: { id: string; path: string; prompt: string };
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'seen-'));
  [clip] = await makeClips(folder, 1);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('frames', () => {
  it('are those that the model samples, in its size', async () => {
    const model = await tiny({ config: { numSegments: 4 } });
    const seen = await frames(model, clip);
    expect(seen.frames.map(({ index }) => index)).toEqual([2, 8, 14, 19]);
    expect(seen.frames[1].seconds).toBe(1);
    expect(seen.width).toBe(seen.height);
    expect(seen.frames[1].tiles[0]).toHaveLength(3 * seen.width ** 2);
    // The picture is the clip's: about the same mean.
    const { frames: whole } = await decodeFrames(clip.path, [2]);
    const mean = (values: Uint8Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(seen.frames[0].tiles).toHaveLength(1);
    expect(Math.abs(mean(seen.frames[0].tiles[0]) - mean(whole[0]))).toBeLessThan(2);
    const { id: _, ...row } = { ...clip, clip: clip.id };
    expect((await frames(model, row)).clip.id).toBe('clip-0');
    model.dispose();
  });

  it('show themselves as pictures, with their tiles side by side', async () => {
    const model = await load(goldenPath('checkpoints', 'internvl3-tiny'), {
      frames: { numSegments: 2, maxNum: 2 },
    });
    const wide = join(folder, 'wide.mp4');
    await runFfmpeg(['-i', `file:${clip.path}`, '-vf', 'scale=240:120', `file:${wide}`]);
    const seen = await frames(model, { ...clip, id: '<wide>', path: wide });
    expect(seen.frames.map(({ tiles }) => tiles.length)).toEqual([3, 3]);
    const { width } = seen;
    expect(inspect(seen)).toBe(`<wide>: 2 frames of 3 tiles of ${width} x ${width}, at 0.63, 2.13 s`);
    const bundle = await seen[jupyterDisplay]();
    expect(bundle['text/plain']).toBe(String(seen));
    const html = String(bundle['text/html']);
    expect(html).toContain('&#60;wide&#62;');
    expect(html.match(/<img src="data:image\/jpeg;base64,\/9j\//g)).toHaveLength(2);
    expect(html).toContain('frame 6 \u00b7 0.63 s');
    model.dispose();
  });

  it('of Qwen-VL are sampled by time', async () => {
    const model = await load(goldenPath('checkpoints', 'qwen2_5_vl-tiny'), {
      frames: { maxFrames: 4, minPixels: 28 ** 2, maxPixels: 8 * 28 ** 2 },
    });
    const seen = await frames(model, clip);
    expect(seen.frames).toHaveLength(4);
    for (const { tiles } of seen.frames) expect(tiles[0]).toHaveLength(3 * seen.width * seen.height);
    model.dispose();
  });

  it('names a clip that cannot be read, or has no path', async () => {
    const model = await tiny({});
    await expect(frames(model, { clip: 'a' })).rejects.toThrow(
      'frames: clip "a" has no path; give clips or rows',
    );
    await expect(frames(model, { id: 'gone', path: join(folder, 'gone.mp4') })).rejects.toThrow('gone.mp4');
    model.dispose();
  });
});
