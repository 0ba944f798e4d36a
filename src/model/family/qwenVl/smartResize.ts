import { roundHalfToEven } from '../../../base/roundHalfToEven.js';

/** Longest side over shortest side that is taken. */
const largestRatio = 200;

/**
 * The size that a picture is resized to: about its own shape, with sides that are multiples of `factor`, and between
 * `minPixels` and `maxPixels` pixels. Source: official implementation (qwen-vl-utils, `smart_resize`).
 * @throws RangeError when a side is more than 200 times the other.
 */
export function smartResize(
  width: number,
  height: number,
  { factor, minPixels, maxPixels }: { factor: number; minPixels: number; maxPixels: number },
): { width: number; height: number } {
  if (Math.max(width, height) / Math.min(width, height) > largestRatio) {
    throw new RangeError(
      `smartResize: a picture of ${width} x ${height}; one side is more than ${largestRatio} times the other`,
    );
  }
  const sides = (side: (pixels: number) => number) => ({ width: side(width), height: side(height) });
  const rounded = sides((side) => Math.max(factor, roundHalfToEven(side / factor) * factor));
  const pixels = rounded.width * rounded.height;
  if (pixels > maxPixels) {
    const beta = Math.sqrt((width * height) / maxPixels);
    return sides((side) => Math.max(factor, Math.floor(side / beta / factor) * factor));
  }
  if (pixels < minPixels) {
    const beta = Math.sqrt(minPixels / (width * height));
    return sides((side) => Math.ceil((side * beta) / factor) * factor);
  }
  return rounded;
}

/**
 * Most pixels of a frame of a video: what all frames may have, shared among them in pairs, but at least a little more
 * than the least. Source: official implementation (qwen-vl-utils, `fetch_video`).
 */
export function framePixels(
  frames: number,
  { minPixels, maxPixels, totalPixels }: { minPixels: number; maxPixels: number; totalPixels: number },
): number {
  return Math.max(Math.min(maxPixels, (totalPixels / frames) * 2), Math.trunc(minPixels * 1.05));
}
