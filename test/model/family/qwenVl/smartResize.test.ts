import { describe, expect, it } from 'vitest';
import { qwenFrames } from '../../../../src/model/family/qwenVl/official.js';
import { framePixels, smartResize } from '../../../../src/model/family/qwenVl/smartResize.js';
import { goldenPreprocess } from '../../../support/goldenClips.js';

const limits = { factor: 28, minPixels: 4 * 28 ** 2, maxPixels: 100 * 28 ** 2 };

describe('smartResize', () => {
  it('rounds sides to multiples', () => {
    expect(smartResize(100, 83, limits)).toEqual({ width: 112, height: 84 });
    expect(smartResize(70, 98, limits)).toEqual({ width: 56, height: 112 }); // halves to even
  });

  it('keeps the number of pixels within limits, and the shape about the same', () => {
    expect(smartResize(2800, 1400, limits)).toEqual({ width: 392, height: 196 });
    expect(smartResize(20, 10, limits)).toEqual({ width: 84, height: 56 });
  });

  it('refuses what is hardly a picture', () => {
    expect(() => smartResize(2001, 10, limits)).toThrow('smartResize: a picture of 2001 x 10');
  });
});

describe('framePixels', () => {
  it('shares the pixels of a video among pairs of its frames', () => {
    const shares = { minPixels: 100, maxPixels: 1000, totalPixels: 4000 };
    expect([4, 8, 16, 800].map((frames) => framePixels(frames, shares))).toEqual([1000, 1000, 500, 105]);
  });
});

describe('qwenFrames', () => {
  it('are the limits of the official code', () => {
    const { video_min, video_max, video_total } = goldenPreprocess().qwen.constants;
    expect(qwenFrames).toMatchObject({
      minPixels: video_min,
      maxPixels: video_max,
      totalPixels: video_total,
    });
  });
});
