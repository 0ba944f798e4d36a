import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { hashBytes, perceptualHash } from '../../../src/data/video/perceptualHash.js';

type Pixel = (x: number, y: number) => number;
/** A grey picture of values from 0 to 1. */
function picture(width: number, height: number, pixel: Pixel): Uint8Array {
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      rgb.fill(
        Math.round(255 * pixel((x + 0.5) / width, (y + 0.5) / height)),
        3 * (y * width + x),
        3 * (y * width + x) + 3,
      );
  return rgb;
}
const hill: Pixel = (x, y) => Math.exp(-8 * ((x - 0.3) ** 2 + (y - 0.6) ** 2));
const waves: Pixel = (x, y) => 0.5 + 0.25 * Math.sin(12 * x) + 0.25 * Math.cos(7 * y);
const bits = (a: Uint8Array, b: Uint8Array) =>
  a.subarray(0, 8).reduce((sum, byte, i) => sum + (byte ^ b[i]).toString(2).replaceAll('0', '').length, 0);

describe('perceptualHash', () => {
  it('is a bit for each low frequency, and the mean colour', () => {
    const rgb = picture(64, 48, hill);
    for (let i = 0; i < rgb.length; i += 3) rgb[i + 2] = 7;
    const hash = perceptualHash(rgb, 64, 48);
    expect(hash).toHaveLength(hashBytes);
    expect(hash[10]).toBe(7);
    expect(hash[8]).toBe(hash[9]);
  });

  it('changes little when a picture is scaled, brighter or noisy, and much for another one', () => {
    const hash = perceptualHash(picture(320, 240, hill), 320, 240);
    const random = new Random(1);
    const others: [Uint8Array, number, number][] = [
      [picture(128, 96, hill), 128, 96],
      [picture(20, 16, hill), 20, 16],
      [picture(320, 240, (x, y) => 0.05 + 0.9 * hill(x, y)), 320, 240],
      [picture(320, 240, (x, y) => Math.min(1, hill(x, y) + 0.04 * random.uniform())), 320, 240],
    ];
    for (const [rgb, width, height] of others)
      expect(bits(hash, perceptualHash(rgb, width, height))).toBeLessThanOrEqual(6);
    expect(bits(hash, perceptualHash(picture(320, 240, waves), 320, 240))).toBeGreaterThan(16);
  });

  it('has no bits for a picture of one colour, with the noise of an encoder or without', () => {
    const random = new Random(2);
    for (const noise of [0, 1 / 255]) {
      const hash = perceptualHash(
        picture(64, 64, () => 0.5 + noise * (random.uniform() - 0.5)),
        64,
        64,
      );
      expect([...hash.subarray(0, 8)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    }
    expect(perceptualHash(Uint8Array.of(9, 8, 7), 1, 1)).toEqual(
      Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 9, 8, 7),
    );
  });
});
