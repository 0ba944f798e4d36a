import { describe, expect, it } from 'vitest';
import { sampleFrames } from '../../../src/data/video/sampleFrames.js';

describe('sampleFrames', () => {
  it('takes the middles of equal segments', () => {
    expect(sampleFrames(121, 8)).toEqual([7, 22, 37, 52, 67, 82, 97, 112]);
    expect(sampleFrames(49, 8)).toEqual([3, 9, 15, 21, 27, 33, 39, 45]);
  });

  it('repeats frames of a short clip', () => {
    expect(sampleFrames(5, 8)).toEqual([0, 0, 1, 2, 2, 2, 3, 4]);
    expect(sampleFrames(1, 4)).toEqual([0, 0, 0, 0]);
  });

  it('refuses counts that are not positive integers', () => {
    expect(() => sampleFrames(0, 8)).toThrow('expected frameCount to be a positive integer, received 0');
    expect(() => sampleFrames(8, 1.5)).toThrow('expected segments to be a positive integer, received 1.5');
  });
});
