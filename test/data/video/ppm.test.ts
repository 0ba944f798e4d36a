import { describe, expect, it } from 'vitest';
import { joinPpm, splitPpm } from '../../../src/data/video/ppm.js';

const image = (...rgb: number[]) => Buffer.concat([Buffer.from('P6\n2 1\n255\n'), Uint8Array.from(rgb)]);

describe('splitPpm', () => {
  it('splits images that follow each other', () => {
    const { width, height, frames } = splitPpm(
      Buffer.concat([image(1, 2, 3, 4, 5, 6), image(80, 54, 10, 0, 0, 9)]),
    );
    expect([width, height]).toEqual([2, 1]);
    expect(frames.map((frame) => [...frame])).toEqual([
      [1, 2, 3, 4, 5, 6],
      [80, 54, 10, 0, 0, 9],
    ]);
  });

  it('undoes joinPpm', () => {
    const clip = {
      width: 2,
      height: 1,
      frames: [Buffer.of(1, 2, 3, 4, 5, 6), Buffer.of(80, 54, 10, 0, 0, 9)],
    };
    expect(splitPpm(joinPpm(clip))).toEqual(clip);
  });

  it('refuses what is not an image', () => {
    expect(() => splitPpm(Buffer.from('GIF89a'))).toThrow('expected a PPM header at byte 0 of 6');
  });

  it('refuses an image that is cut off', () => {
    expect(() => splitPpm(image(1, 2, 3, 4))).toThrow('frame 0 ends 2 bytes early');
  });
});
