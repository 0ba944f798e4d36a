import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { misalign } from '../../../src/data/world/alignment.js';
import { palette } from '../../../src/data/world/body.js';
import { type AlignmentFault, faultKinds } from '../../../src/data/world/faults.js';
import { body } from '../../support/scene.js';

const asked = [
  body({ x: 0.3, y: 0.7, vx: 0.4, colour: 'blue', shape: 'square', motion: 'rolls right' }),
  body({ x: 0.7, y: 0.3 }),
];

function shownWith(kind: AlignmentFault['kind'], strength: number) {
  const results = Array.from({ length: 60 }, (_, seed) => misalign(asked, strength, new Random(seed)));
  return results.filter(({ fault }) => fault.kind === kind).map(({ bodies }) => bodies);
}

describe('misalign', () => {
  it('draws every fault and leaves what was asked as it is', () => {
    const before = structuredClone(asked);
    for (const kind of faultKinds.alignment) expect(shownWith(kind, 0.5).length).toBeGreaterThan(4);
    expect(asked).toEqual(before);
  });

  it('mixes another colour into one body by the strength', () => {
    for (const shown of shownWith('colour', 0.6)) {
      const changed = shown.filter((one, i) => one !== asked[i]);
      expect(changed).toHaveLength(1);
      const [{ look, kind }] = changed;
      const own = palette[kind.colour];
      const other = look.rgb.map((value, i) => own[i] + (value - own[i]) / 0.6);
      expect(
        Object.values(palette).some((rgb) => rgb.every((value, i) => Math.abs(value - other[i]) < 1e-6)),
      ).toBe(true);
      expect(look.rgb).not.toEqual(own);
    }
  });

  it('blends another outline into one body by the strength', () => {
    for (const shown of shownWith('shape', 0.6)) {
      const [{ look, kind }] = shown.filter((one, i) => one !== asked[i]);
      expect(look.otherShape).not.toBe(kind.shape);
      expect(look.morph).toBe(0.6);
    }
  });

  it('turns the heading: round at full strength, and a falling body sideways', () => {
    for (const shown of shownWith('direction', 1)) {
      if (shown[0] !== asked[0]) expect(shown[0].vx).toBeCloseTo(-0.4, 6);
      else expect(Math.abs(shown[1].vx)).toBe(1);
    }
    for (const shown of shownWith('direction', 0.5)) {
      if (shown[0] !== asked[0]) expect(shown[0].vy).toBeLessThan(-0.5);
    }
  });

  it('adds a body as large as the strength says, or leaves one out', () => {
    for (const [, , surplus] of shownWith('count', 0.5)) expect(surplus.radius).toBeCloseTo(0.06, 9);
    const counts = shownWith('count', 1).map((shown) => shown.length);
    expect(new Set(counts)).toEqual(new Set([1, 3]));
  });
});
