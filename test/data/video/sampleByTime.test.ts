import { describe, expect, it } from 'vitest';
import { sampleByTime } from '../../../src/data/video/sampleByTime.js';

const options = { fps: 2, minFrames: 4, maxFrames: 768, multiple: 2 };

describe('sampleByTime', () => {
  it('spaces frames evenly, both ends included', () => {
    expect(sampleByTime({ frames: 31, fps: 10 }, options)).toEqual([0, 6, 12, 18, 24, 30]);
  });

  it('keeps to its limits', () => {
    expect(sampleByTime({ frames: 3, fps: 30 }, options)).toEqual([0, 2]);
    expect(sampleByTime({ frames: 1000, fps: 10 }, { ...options, maxFrames: 7 })).toHaveLength(6);
    expect(sampleByTime({ frames: 100, fps: 100 }, { ...options, minFrames: 5 })).toHaveLength(6);
  });

  it('says what is wrong with a video', () => {
    expect(() => sampleByTime({ frames: 1, fps: 10 }, options)).toThrow(
      'sampleByTime: the video has 1 frames, expected at least 2',
    );
    expect(() => sampleByTime({ frames: 9, fps: Number.NaN }, options)).toThrow(
      'sampleByTime: the video has no frame rate, received NaN',
    );
  });
});
