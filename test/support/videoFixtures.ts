import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { runFfmpeg } from '../../src/data/video/ffmpeg.js';

/** A folder that is removed when the test file ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'solireward-video-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A frame of seeded noise, RGB24 [height, width, 3]. */
export function noiseFrame(seed: number, width: number, height: number): Uint8Array {
  let state = seed + 1;
  return Uint8Array.from({ length: width * height * 3 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

/** Writes frames as lossless RGB H.264 with B-frames, so that decoding order is not display order. */
export async function encodeLossless(
  path: string,
  frames: Uint8Array[],
  width: number,
  height: number,
): Promise<void> {
  const input = [
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
    '-s',
    `${width}x${height}`,
    '-r',
    '8',
    '-i',
    'pipe:0',
  ];
  const output = ['-c:v', 'libx264rgb', '-preset', 'veryfast', '-qp', '0', '-bf', '2', `file:${path}`];
  await runFfmpeg([...input, ...output], { input: Buffer.concat(frames) });
}
