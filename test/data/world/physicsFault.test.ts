import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { faultKinds, type PhysicsFault } from '../../../src/data/world/faults.js';
import { energyOf, move } from '../../../src/data/world/physics.js';
import { drawPhysicsFault } from '../../../src/data/world/physicsFault.js';
import { clips } from '../../support/scene.js';

const scenes = clips(400, { seed: 2, failShare: 0 });

interface Drawn<Kind extends PhysicsFault['kind']> {
  fault: Extract<PhysicsFault, { kind: Kind }>;
  scene: (typeof scenes)[number];
  faultless: ReturnType<typeof move>['frames'];
  faulty: ReturnType<typeof move>['frames'];
}

const all = scenes.map((scene, i) => {
  const fault = drawPhysicsFault(scene.bodies, 0.35 + (0.65 * i) / scenes.length, new Random(i), false);
  return { fault, scene, faultless: move(scene.bodies).frames, faulty: move(scene.bodies, fault).frames };
});

function drawn<Kind extends PhysicsFault['kind']>(kind: Kind): Drawn<Kind>[] {
  return all.filter(({ fault }) => fault.kind === kind) as Drawn<Kind>[];
}

describe('drawPhysicsFault', () => {
  it('draws every fault often, in the middle of the clip, and nothing differs before it', () => {
    for (const kind of faultKinds.physics) expect(drawn(kind).length).toBeGreaterThan(30);
    for (const { fault, faultless, faulty } of all) {
      expect(fault.frame).toBeGreaterThanOrEqual(3);
      expect(fault.frame).toBeLessThanOrEqual(11);
      const before = Math.ceil(fault.frame);
      expect(faulty.slice(0, before)).toEqual(faultless.slice(0, before));
    }
  });

  it('sinks a body into the floor by the strength', () => {
    for (const { fault, scene, faulty } of drawn('passes the floor')) {
      const { radius } = scene.bodies[fault.body];
      const sunk = faulty[15][fault.body].y + radius - 0.875;
      expect(sunk).toBeGreaterThan(0.25 * fault.strength * 2 * radius);
      expect(sunk).toBeLessThanOrEqual(fault.depth + 1e-3);
    }
  });

  it('jumps by the strength, to a place on screen', () => {
    for (const { fault, scene, faultless, faulty } of drawn('jumps')) {
      const [from, to] = [faultless[fault.frame][fault.body], faulty[fault.frame][fault.body]];
      expect(Math.hypot(to.x - from.x, to.y - from.y)).toBeCloseTo(0.2 + 0.3 * fault.strength, 6);
      const { radius } = scene.bodies[fault.body];
      expect(Math.min(to.x, 1 - to.x, to.y)).toBeGreaterThanOrEqual(radius - 1e-9);
    }
  });

  it('turns gravity so that bodies go elsewhere', () => {
    for (const { fault, faultless, faulty } of drawn('gravity turns')) {
      const moved = faulty.flatMap((states, frame) =>
        states.map(({ x, y }, i) => Math.hypot(x - faultless[frame][i].x, y - faultless[frame][i].y)),
      );
      expect(Math.max(...moved)).toBeGreaterThan(0.12);
      expect(Math.abs(fault.angle)).toBeCloseTo((fault.strength * 150 * Math.PI) / 180, 9);
    }
  });

  it('adds energy to the bodies, and lifts the one higher than it would go', () => {
    for (const { fault, scene, faultless, faulty } of drawn('gains energy')) {
      const frame = Math.ceil(fault.frame);
      const energyAt = (frames: typeof faulty) =>
        energyOf(frames[frame].map((place, i) => ({ ...place, radius: scene.bodies[i].radius })));
      expect(energyAt(faulty)).toBeGreaterThan(1.01 * energyAt(faultless));
      const highest = (frames: typeof faulty) =>
        Math.min(...frames.slice(frame).map((places) => places[fault.body].y));
      expect(highest(faultless) - highest(faulty)).toBeGreaterThan(0.08);
    }
  });

  it('hides a body for a time by the strength', () => {
    for (const { fault, faulty } of drawn('vanishes')) {
      const hidden = faulty.filter((states) => !states[fault.body].visible).length;
      const forGood = fault.strength >= 0.85;
      expect(hidden).toBe(
        forGood ? 16 - fault.frame : Math.min(16 - fault.frame, Math.round(1 + 8 * fault.strength)),
      );
    }
  });

  it('leaves the body in the picture where that is asked', () => {
    for (const [i, { bodies }] of scenes.entries()) {
      const { kind } = drawPhysicsFault(bodies, 1, new Random(i), true);
      expect(['passes the floor', 'vanishes']).not.toContain(kind);
    }
  });
});
