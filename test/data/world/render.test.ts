import { describe, expect, it } from 'vitest';
import { type BodyState, regular } from '../../../src/data/world/body.js';
import { renderClip, renderFrame } from '../../../src/data/world/render.js';
import { simulate } from '../../../src/data/world/simulate.js';
import { body } from '../../support/scene.js';

const state = (different: Parameters<typeof body>[0] & Partial<BodyState> = {}): BodyState => ({
  ...body(different),
  ...regular,
  visible: true,
  ...different,
});

/** Area of what differs from the empty picture, in squared widths. */
function area(one: BodyState): number {
  const [empty, drawn] = [renderFrame([]), renderFrame([one])];
  let pixels = 0;
  for (let i = 0; i < drawn.length; i += 3) {
    // Share of the pixel that is covered, by the green channel: 233 outside, 38 inside of a red body.
    pixels += (empty[i + 1] - drawn[i + 1]) / (233 - 38);
  }
  return pixels / 128 ** 2;
}

describe('renderFrame', () => {
  it('draws each shape with its area', () => {
    // The light spot takes a little of the circle.
    expect(area(state())).toBeCloseTo(Math.PI * 0.01, 2);
    expect(area(state({ shape: 'square' }))).toBeCloseTo(0.04, 3);
    expect(area(state({ shape: 'triangle' }))).toBeCloseTo(0.02, 3);
  });

  it('has colours inside, background above and the floor below, also over a sunken body', () => {
    const frame = renderFrame([state({ shape: 'square', y: 0.85 })]);
    const at = (x: number, y: number) => [...frame.subarray((y * 128 + x) * 3, (y * 128 + x) * 3 + 3)];
    expect(at(64, 105)).toEqual([222, 38, 38]);
    expect(at(5, 5)).toEqual([232, 233, 237]);
    expect(at(64, 113)).toEqual(at(5, 113));
  });

  it('draws nothing of a body that is not visible', () => {
    expect(renderFrame([state({ visible: false })])).toEqual(renderFrame([]));
  });

  it('keeps the area when a body splits, and the lowest point when it shrinks', () => {
    expect(area(state({ shape: 'square', split: 0.5 }))).toBeCloseTo(0.04, 3);
    expect(area(state({ shape: 'square', stretchX: 0.5, stretchY: 0.5 }))).toBeCloseTo(0.01, 3);
    const small = renderFrame([state({ shape: 'square', y: 0.5, stretchX: 0.5, stretchY: 0.5 })]);
    expect(small[(75 * 128 + 64) * 3 + 1]).toBe(38);
    expect(small[(60 * 128 + 64) * 3 + 1]).toBe(233);
  });

  it('blends outlines', () => {
    const blended = state({ shape: 'square' });
    blended.look = { ...blended.look, otherShape: 'triangle', morph: 0.5 };
    expect(area(blended)).toBeGreaterThan(0.022);
    expect(area(blended)).toBeLessThan(0.038);
    blended.look = { ...blended.look, morph: 1 };
    expect(area(blended)).toBeCloseTo(0.02, 3);
  });
});

describe('renderClip', () => {
  it('is the frames one after the other, at any size', () => {
    const { frames } = simulate(3, { seed: 1 });
    const clip = renderClip(frames, 64);
    expect(clip.length).toBe(16 * 64 * 64 * 3);
    frames.forEach((bodies, i) => {
      expect(clip.subarray(i * 64 * 64 * 3, (i + 1) * 64 * 64 * 3)).toEqual(renderFrame(bodies, 64));
    });
  });
});
