import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { colours, type Kind, motions, placeBodies, shapes, touch } from '../../../src/data/world/body.js';

const slider: Kind = { colour: 'red', shape: 'square', motion: 'rolls right' };

describe('placeBodies', () => {
  it('puts every kind on screen, apart, and on its way', () => {
    const random = new Random(1);
    for (let i = 0; i < 300; i++) {
      const kinds = [1, 2, 3].map(() => ({
        colour: random.choice(colours),
        shape: random.choice(shapes),
        motion: random.choice(motions),
      }));
      const bodies = placeBodies(kinds, random);
      bodies.forEach((body, j) => {
        expect(Math.min(body.x, body.y, 1 - body.x)).toBeGreaterThanOrEqual(body.radius);
        expect(body.y).toBeLessThanOrEqual(0.875 - body.radius);
        expect(bodies.slice(0, j).some((other) => touch(body, other))).toBe(false);
        if (body.kind.motion.endsWith('left')) expect(body.vx).toBeLessThan(-0.25);
        if (body.kind.motion.endsWith('right')) expect(body.vx).toBeGreaterThan(0.25);
        if (body.kind.motion === 'rests') expect([body.vx, body.vy]).toEqual([0, 0]);
      });
    }
  });

  it('finds room for three bodies that all begin at one side', () => {
    for (let seed = 0; seed < 50; seed++) {
      expect(placeBodies([slider, slider, slider], new Random(seed))).toHaveLength(3);
    }
  });

  it('makes bodies larger or smaller as asked, where there is room', () => {
    for (let seed = 0; seed < 50; seed++) {
      const [small, plain, large] = [0.6, 1, 1.65].map(
        (size) => placeBodies([slider], new Random(seed), size)[0],
      );
      expect(small.radius / plain.radius).toBeCloseTo(0.6, 12);
      expect(large.radius / plain.radius).toBeCloseTo(1.65, 12);
      expect(placeBodies([slider, slider, slider], new Random(seed), 1.65)).toHaveLength(3);
    }
  });

  it('says so when there is no room', () => {
    expect(() => placeBodies(Array(20).fill(slider), new Random(1))).toThrow(/no room for 20 bodies/);
  });
});
