import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { regular } from '../../../src/data/world/body.js';
import { deformationAt, drawDeformity } from '../../../src/data/world/deformity.js';
import { faultKinds } from '../../../src/data/world/faults.js';

const frames = Array.from({ length: 16 }, (_, frame) => frame);

describe('deformationAt', () => {
  it('leaves the outline alone before the fault', () => {
    for (const kind of faultKinds.deformity) {
      const fault = { kind, strength: 1, body: 0, frame: 5, grows: true, seed: 1 } as const;
      for (const frame of [0, 3, 5]) expect(deformationAt(fault, frame)).toEqual(regular);
    }
  });

  it('melts: lower, wider, wider still at the bottom, never back', () => {
    const fault = { kind: 'melts', strength: 0.8, body: 0, frame: 3 } as const;
    const outlines = frames.map((frame) => deformationAt(fault, frame));
    for (let frame = 4; frame < 11; frame++) {
      expect(outlines[frame].stretchY).toBeLessThan(outlines[frame - 1].stretchY);
      expect(outlines[frame].stretchX).toBeGreaterThan(outlines[frame - 1].stretchX);
    }
    expect(outlines[15]).toEqual({ stretchX: 1.48, stretchY: 0.48, sag: 0.48, split: 0 });
  });

  it('splits: the halves drift apart', () => {
    const fault = { kind: 'splits', strength: 0.5, body: 0, frame: 4 } as const;
    expect(frames.map((frame) => deformationAt(fault, frame).split)).toBeAllclose(
      frames.map((frame) => 0.5 * Math.min(1, Math.max(0, (frame - 4) / 8))),
    );
  });

  it('flickers: no two frames in a row are alike, and each differs by the strength', () => {
    const fault = { kind: 'flickers', strength: 0.6, body: 0, frame: 3, seed: 7 } as const;
    for (let frame = 4; frame < 16; frame++) {
      const [before, now] = [deformationAt(fault, frame - 1), deformationAt(fault, frame)];
      expect(Math.abs(now.stretchX - before.stretchX)).toBeGreaterThanOrEqual(0.25 * 0.6);
      for (const factor of [now.stretchX, now.stretchY]) {
        expect(Math.abs(factor - 1)).toBeGreaterThanOrEqual(0.25 * 0.6);
        expect(Math.abs(factor - 1)).toBeLessThanOrEqual(0.5 * 0.6);
      }
    }
  });

  it('changes size: grows or shrinks by the same factor', () => {
    const fault = { kind: 'changes size', strength: 1, body: 0, frame: 3 } as const;
    const grown = deformationAt({ ...fault, grows: true }, 15);
    const shrunk = deformationAt({ ...fault, grows: false }, 15);
    expect(grown.stretchX).toBe(grown.stretchY);
    expect(grown.stretchX).toBeCloseTo(1.9, 9);
    expect(grown.stretchX * shrunk.stretchX).toBeCloseTo(1, 9);
  });
});

describe('drawDeformity', () => {
  it('draws every fault, on the given bodies, in the first third', () => {
    const drawn = Array.from({ length: 200 }, (_, seed) => drawDeformity([0, 2], 0.5, new Random(seed)));
    expect(new Set(drawn.map(({ kind }) => kind))).toEqual(new Set(faultKinds.deformity));
    expect(new Set(drawn.map(({ body }) => body))).toEqual(new Set([0, 2]));
    expect(new Set(drawn.map(({ frame }) => frame))).toEqual(new Set([3, 4, 5]));
  });
});
