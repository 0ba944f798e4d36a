import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sideBySide } from '../../src/audit/sideBySide.js';
import { decodeFrames } from '../../src/data/video/decodeFrames.js';
import { encodeLossless, temporaryFolder } from '../support/videoFixtures.js';

const folder = temporaryFolder();
/** A clip of one grey, of so many frames. */
async function grey(level: number, frames: number, width: number, height: number): Promise<string> {
  const path = join(folder, `${level}-${frames}.mp4`);
  const frame = new Uint8Array(3 * width * height).fill(level);
  await encodeLossless(path, new Array(frames).fill(frame), width, height);
  return path;
}

describe('sideBySide', () => {
  it('puts two clips of any size and length into one video, the shorter one waiting', async () => {
    const { video, poster } = await sideBySide(await grey(200, 4, 64, 48), await grey(60, 8, 32, 64));
    expect(poster).toMatch(/^data:image\/jpeg;base64,\/9j\//);
    const path = join(folder, 'both.mp4');
    await writeFile(path, Buffer.from(video.split(',')[1], 'base64'));
    const { width, height, frames } = await decodeFrames(path, [0, 7]);
    expect([width, height]).toEqual([576, 216]);
    for (const frame of frames) {
      const at = (x: number) => frame[3 * (108 * width + x)];
      expect(Math.abs(at(144) - 200)).toBeLessThan(6);
      expect(Math.abs(at(432) - 60)).toBeLessThan(6);
      // The tall one has black beside it.
      expect(at(300)).toBeLessThan(6);
    }
  });

  it('gives the reason for what cannot be read', async () => {
    const text = join(folder, 'text.mp4');
    await writeFile(text, 'no clip');
    await expect(sideBySide(text, text)).rejects.toThrow(/Invalid data|moov/);
  });
});
