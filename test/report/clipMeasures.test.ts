import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runFfmpeg } from '../../src/data/video/ffmpeg.js';
import { analyze } from '../../src/report/analyze.js';
import { clipMeasures } from '../../src/report/clipMeasures.js';
import { findClip, preview } from '../../src/report/preview.js';

let folder: string;
const clip = (name: string) => join(folder, name);

async function make(name: string, source: string) {
  const encode = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-threads', '1'];
  await runFfmpeg(['-f', 'lavfi', '-i', source, '-t', '2', ...encode, `file:${clip(name)}`]);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'measures-'));
  await make('grey.mp4', 'color=c=gray:s=64x48:r=8');
  await make('test.mp4', 'testsrc=s=400x300:r=8');
});
afterAll(() => rm(folder, { recursive: true }));

describe('clipMeasures', () => {
  it('measures length, brightness and motion', async () => {
    const still = await clipMeasures(clip('grey.mp4'));
    expect(still.length).toBeCloseTo(2, 1);
    expect(still.brightness).toBeCloseTo(0.5, 1);
    expect(still.motion).toBeLessThan(1e-3);
    expect((await clipMeasures(clip('test.mp4'))).motion).toBeGreaterThan(1e-3);
  });

  it('names a file that cannot be read', async () => {
    await expect(clipMeasures(clip('none.mp4'))).rejects.toThrow('none.mp4');
  });
});

describe('preview', () => {
  it('is a small H.264 file and a picture, as data', async () => {
    const { video, poster } = await preview(clip('test.mp4'));
    expect(video).toMatch(/^data:video\/mp4;base64,/);
    expect(poster).toMatch(/^data:image\/jpeg;base64,/);
    expect(video.length).toBeLessThan(200_000);
    await expect(preview(clip('none.mp4'))).rejects.toThrow('No such file');
  });

  it('finds a clip beside the score file', async () => {
    expect(await findClip('grey.mp4', ['nowhere', folder])).toBe(clip('grey.mp4'));
    expect(await findClip(clip('grey.mp4'), [])).toBe(clip('grey.mp4'));
    expect(await findClip('none.mp4', [folder])).toBeUndefined();
  });
});

describe('analyze with clips', () => {
  it('plays the extreme ones, and measures what they show', async () => {
    const rows = Array.from({ length: 12 }, (_, i) => ({
      clip: `${i}`,
      path: i < 2 ? clip('grey.mp4') : i < 11 ? clip('test.mp4') : clip('none.mp4'),
      score: i,
    }));
    const report = await analyze(rows);
    const html = report.toHtml();
    expect(html.match(/<video /g)?.length).toBeGreaterThan(2);
    const { shortcuts } = JSON.parse(JSON.stringify(report)).metrics[0].sections[1];
    expect(shortcuts.map(({ name }: { name: string }) => name).sort()).toEqual(['brightness', 'motion']);
    expect(html).toContain('on 11 clips whose files are there');
  });
});
