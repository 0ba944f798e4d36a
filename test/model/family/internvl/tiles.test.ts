import { describe, expect, it } from 'vitest';
import { decodeFrames } from '../../../../src/data/video/decodeFrames.js';
import { tileFrame, tileGrid } from '../../../../src/model/family/internvl/tiles.js';
import { clipPath, clipTensors, goldenClips } from '../../../support/goldenClips.js';
import { describeShared } from '../../../support/shared.js';

/** A frame whose pixel (x, y) is (x, y, 0). */
const frame = (width: number, height: number) =>
  Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [pixel % width, Math.floor(pixel / width), 0][i % 3];
  });

describe('tileFrame', () => {
  it('squashes a frame into one tile', () => {
    const { tiles, count } = tileFrame(frame(8, 4), 8, 4, { inputSize: 4, maxNum: 1 });
    expect([tiles.length, count]).toEqual([4 * 4 * 3, 1]);
  });

  it('cuts row by row and ends with the thumbnail', () => {
    const { tiles, count } = tileFrame(frame(12, 8), 12, 8, { inputSize: 4, maxNum: 6 });
    expect(count).toBe(7);
    const corner = (tile: number) => [...tiles.subarray(tile * 48, tile * 48 + 2)];
    expect([0, 1, 2, 3, 4, 5].map(corner)).toEqual([
      [0, 0],
      [4, 0],
      [8, 0],
      [0, 4],
      [4, 4],
      [8, 4],
    ]);
    const thumbnail = tileFrame(frame(12, 8), 12, 8, { inputSize: 4, maxNum: 1 }).tiles;
    expect(tiles.subarray(6 * 48)).toEqual(thumbnail);
  });

  it('keeps the centered square', () => {
    const { tiles } = tileFrame(frame(9, 4), 9, 4, { inputSize: 4, maxNum: 1, centerCrop: true });
    expect([...tiles.subarray(0, 3), ...tiles.subarray(45)]).toEqual([2, 0, 0, 5, 3, 0]);
  });

  it('refuses an impossible number of tiles', () => {
    const none = { inputSize: 4, maxNum: 1, minNum: 2 };
    expect(() => tileFrame(frame(4, 4), 4, 4, none)).toThrow('received minNum 2, maxNum 1');
  });

  it('refuses a frame of another size', () => {
    expect(() => tileFrame(frame(4, 4), 5, 4, { inputSize: 4, maxNum: 1 })).toThrow(RangeError);
  });
});

describe('tileGrid', () => {
  it('respects the fewest tiles', () => {
    expect(tileGrid(448, 448, { inputSize: 448, maxNum: 6, minNum: 2 })).toEqual({ columns: 2, rows: 2 });
  });
});

describeShared(
  'tiles of real clips against the official implementation',
  () => {
    it.each([0, 1, 2])('gives the same pixels from the file: clip %i', async (number) => {
      const clip = goldenClips()[number];
      const { width, height } = clip;
      const { frames } = await decodeFrames(clipPath(clip), 4);
      const options = { inputSize: 56, maxNum: 1 };
      const tiles = Buffer.concat(frames.map((rgb) => tileFrame(rgb, width, height, options).tiles));
      const official = clipTensors(clip)['load_video.56.max1.seg4'].data;
      expect(normalise(tiles, 56)).toBeAllclose(official, { rtol: 1e-6 });
    });
  },
  'golden',
);

/** Tiles [n, S, S, 3] as the model takes them: [n, 3, S, S], (x / 255 - mean) / deviation. */
function normalise(tiles: Uint8Array, size: number): Float32Array {
  const mean = [0.485, 0.456, 0.406];
  const deviation = [0.229, 0.224, 0.225];
  const area = size * size;
  const result = new Float32Array(tiles.length);
  for (let i = 0; i < tiles.length; i++) {
    const [tile, pixel, c] = [Math.floor(i / (area * 3)), Math.floor(i / 3) % area, i % 3];
    result[(tile * 3 + c) * area + pixel] = (tiles[i] / 255 - mean[c]) / deviation[c];
  }
  return result;
}
