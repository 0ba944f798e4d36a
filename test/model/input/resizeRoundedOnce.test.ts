import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { resize } from '../../../src/model/input/resize.js';
import { resizeRoundedOnce } from '../../../src/model/input/resizeRoundedOnce.js';
import { clipTensors, goldenClips, pngPixels } from '../../support/goldenClips.js';
import { describeShared } from '../../support/shared.js';

/** Width 7, height 5; channel c of pixel (x, y) is (37 x + 91 y + 53 c + 11 x y) mod 256. */
const ramp = Uint8Array.from({ length: 7 * 5 * 3 }, (_, i) => {
  const [x, y, c] = [Math.floor(i / 3) % 7, Math.floor(i / 21), i % 3];
  return (37 * x + 91 * y + 53 * c + 11 * x * y) % 256;
});

/** A pass along an axis whose neighbours are `stride` apart, without rounding. */
function pass(values: ArrayLike<number>, from: number, to: number, stride: number): Float64Array {
  const lines = values.length / (from * stride);
  const result = new Float64Array(lines * to * stride);
  const widened = Math.max(from / to, 1);
  for (let k = 0; k < to; k++) {
    const center = ((k + 0.5) * from) / to;
    const shares = Array.from({ length: from }, (_, t) => {
      const d = Math.abs((t - center + 0.5) / widened);
      return d < 1 ? (1.5 * d - 2.5) * d * d + 1 : d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
    });
    const total = shares.reduce((a, b) => a + b, 0);
    for (let line = 0; line < lines; line++)
      for (let i = 0; i < stride; i++)
        for (const [t, share] of shares.entries())
          result[(line * to + k) * stride + i] += (share / total) * values[(line * from + t) * stride + i];
  }
  return result;
}

describe('resizeRoundedOnce', () => {
  it.each([
    [1, 1, 3, 2],
    [5, 3, 1, 1],
    [64, 48, 17, 33],
    [33, 17, 64, 48],
    [300, 2, 3, 5],
  ])('has the nearest whole numbers, of %i x %i pixels to %i x %i', (width, height, newWidth, newHeight) => {
    const random = new Random(1, width, newWidth);
    for (const values of [() => random.integer(256), () => 255 * random.integer(2)]) {
      const rgb = Uint8Array.from({ length: 3 * width * height }, values);
      const exact = pass(pass(rgb, width, newWidth, 3), height, newHeight, 3 * newWidth);
      const found = resizeRoundedOnce(rgb, width, height, newWidth, newHeight);
      expect(found).toHaveLength(exact.length);
      const far = found.filter(
        (value, i) => !(Math.abs(value - Math.min(255, Math.max(0, exact[i]))) <= 0.5005),
      );
      expect(far).toEqual(new Uint8Array());
    }
  });

  it('is near to the resize that rounds twice', () => {
    const [twice, once] = [resize, resizeRoundedOnce].map((f) => f(ramp, 7, 5, 10, 3));
    const differences = twice.map((value, i) => Math.abs(value - once[i]));
    expect(Math.max(...differences)).toBeLessThanOrEqual(1);
  });

  it('keeps a flat image flat, and copies one that keeps its size', () => {
    const flat = resizeRoundedOnce(new Uint8Array(40 * 30 * 3).fill(200), 40, 30, 13, 17);
    expect(flat.every((v) => v === 200)).toBe(true);
    expect(resizeRoundedOnce(ramp, 7, 5, 7, 5)).toEqual(ramp);
  });

  it('refuses sizes that do not fit', () => {
    expect(() => resizeRoundedOnce(ramp, 7, 4, 4, 3)).toThrow('expected 7 x 4 RGB pixels');
  });
});

describeShared(
  'resizeRoundedOnce against the official implementation',
  () => {
    it('differs on the other side of a half at most', async () => {
      const clip = goldenClips().find(({ clip }) => clip.includes('zeroscope'))!;
      const { shape, data } = clipTensors(clip)['qwen.resized_uint8'];
      const [, , height, width] = shape;
      const resized = resizeRoundedOnce(await pngPixels(clip, 0), clip.width, clip.height, width, height);
      const area = height * width;
      let different = 0;
      for (const [i, value] of resized.entries()) {
        const difference = Math.abs(value - data[(i % 3) * area + Math.floor(i / 3)]);
        expect(difference).toBeLessThanOrEqual(1);
        different += difference;
      }
      expect(different / data.length).toBeLessThan(2e-5);
    });
  },
  'golden',
);
