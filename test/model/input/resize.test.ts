import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { resize } from '../../../src/model/input/resize.js';

/** Width 7, height 5; channel c of pixel (x, y) is (37 x + 91 y + 53 c + 11 x y) mod 256. */
const ramp = Uint8Array.from({ length: 7 * 5 * 3 }, (_, i) => {
  const [x, y, c] = [Math.floor(i / 3) % 7, Math.floor(i / 21), i % 3];
  return (37 * x + 91 * y + 53 * c + 11 * x * y) % 256;
});

/** The red channel, a list a row. */
const redRows = (rgb: Uint8Array, width: number) =>
  Array.from({ length: rgb.length / (3 * width) }, (_, y) =>
    Array.from({ length: width }, (_, x) => rgb[(y * width + x) * 3]),
  );

/** Pillow's pass along an axis whose neighbours are `stride` apart: weights of 22 bits, a rounding, a clamp. */
function pass(values: Uint8Array, from: number, to: number, stride: number): Uint8Array {
  const lines = values.length / (from * stride);
  const result = new Uint8Array(lines * to * stride);
  const scale = from / to;
  const widened = Math.max(scale, 1);
  for (let k = 0; k < to; k++) {
    const center = (k + 0.5) * scale;
    const first = Math.max(0, Math.floor(center - 2 * widened + 0.5));
    const end = Math.min(from, Math.floor(center + 2 * widened + 0.5));
    const shares = Array.from({ length: end - first }, (_, t) => {
      const d = Math.abs((first + t - center + 0.5) / widened);
      return d < 1 ? (1.5 * d - 2.5) * d * d + 1 : d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
    });
    const total = shares.reduce((a, b) => a + b, 0);
    const weights = shares.map((share) => {
      const weight = (share / total) * 2 ** 22;
      return BigInt(Math.sign(weight) * Math.floor(Math.abs(weight) + 0.5));
    });
    for (let line = 0; line < lines; line++) {
      for (let i = 0; i < stride; i++) {
        const at = (t: number) => BigInt(values[(line * from + first + t) * stride + i]);
        const sum = weights.reduce((all, weight, t) => all + weight * at(t), 2n ** 21n);
        result[(line * to + k) * stride + i] = Math.min(255, Math.max(0, Number(sum >> 22n)));
      }
    }
  }
  return result;
}

describe('resize', () => {
  it('shrinks as Pillow does', () => {
    expect(redRows(resize(ramp, 7, 5, 4, 3), 4)).toEqual([
      [56, 129, 123, 159],
      [153, 140, 133, 116],
      [100, 112, 115, 88],
    ]);
  });

  it('enlarges as Pillow does', () => {
    expect(redRows(resize(ramp, 7, 5, 10, 8), 10).slice(0, 2)).toEqual([
      [0, 10, 38, 64, 88, 121, 159, 185, 212, 231],
      [30, 49, 85, 124, 161, 145, 93, 121, 162, 191],
    ]);
  });

  it.each([
    ...[
      [1, 1, 3, 2],
      [5, 3, 1, 1],
      [64, 48, 17, 33],
      [33, 17, 64, 48],
    ],
    ...[
      [100, 2, 3, 50],
      [1280, 9, 31, 9],
      [9, 700, 9, 5],
    ],
  ])('has the exact sums of %i x %i pixels to %i x %i', (width, height, newWidth, newHeight) => {
    const random = new Random(1, width, newWidth);
    for (const values of [() => random.integer(256), () => 255 * random.integer(2)]) {
      const rgb = Uint8Array.from({ length: 3 * width * height }, values);
      const narrow = pass(rgb, width, newWidth, 3);
      const expected = pass(narrow, height, newHeight, 3 * newWidth);
      expect(Buffer.compare(resize(rgb, width, height, newWidth, newHeight), expected)).toBe(0);
    }
  });

  it('copies an image that keeps its size', () => {
    const same = resize(ramp, 7, 5, 7, 5);
    expect(same).toEqual(ramp);
    expect(same.buffer).not.toBe(ramp.buffer);
  });

  it('keeps a flat image flat', () => {
    expect(resize(new Uint8Array(40 * 30 * 3).fill(200), 40, 30, 13, 17).every((v) => v === 200)).toBe(true);
  });

  it('refuses sizes that do not fit', () => {
    expect(() => resize(ramp, 7, 4, 4, 3)).toThrow(
      'expected 7 x 4 RGB pixels (84 bytes), received 105 bytes',
    );
    expect(() => resize(ramp, 7, 5, 0, 3)).toThrow('expected sizes to be positive integers, received 0');
  });
});
