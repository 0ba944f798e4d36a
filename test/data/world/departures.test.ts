import { describe, expect, it } from 'vitest';
import {
  changeLight,
  type Departures,
  motionLeft,
  pace,
  qualityLeft,
  sizeFactor,
} from '../../../src/data/world/departures.js';

const none: Departures = { brightness: 0, contrast: 0, size: 0, speed: 0, stillness: 0 };

describe('departures', () => {
  it('cost nothing where there are none, and most where motion is wrong', () => {
    expect(qualityLeft(none)).toBe(1);
    expect(qualityLeft({ ...none, speed: -1 })).toBe(0);
    expect(qualityLeft({ ...none, stillness: 1 })).toBe(0);
    expect(qualityLeft({ ...none, brightness: 1 })).toBe(0.5);
    expect(qualityLeft({ ...none, speed: 0.5, size: -1 })).toBeCloseTo(0.75 * 0.5, 12);
  });

  it('have the sizes that are documented', () => {
    expect(sizeFactor(none)).toBe(1);
    expect(sizeFactor({ ...none, size: 1 })).toBeCloseTo(1.6245, 4);
    expect(pace({ ...none, speed: -1 })).toBe(0.5);
    expect(motionLeft({ ...none, stillness: 0.25 })).toBe(0.75);
    expect(motionLeft({ ...none, stillness: -0.5 })).toBe(1);
  });

  it('change the light of each pixel, within what a byte holds', () => {
    const pixels = Uint8Array.from([0, 64, 128, 255]);
    changeLight(pixels, none);
    expect([...pixels]).toEqual([0, 64, 128, 255]);
    changeLight(pixels, { ...none, brightness: 0.5 });
    expect([...pixels]).toEqual([48, 112, 176, 255]);
    const other = Uint8Array.from([0, 64, 128, 255]);
    changeLight(other, { ...none, contrast: -1 });
    expect([...other]).toEqual([64, 96, 128, 192]);
  });
});
