import { describe, expect, it } from 'vitest';
import { energyOf, move, rules } from '../../../src/data/world/physics.js';
import { body, clips } from '../../support/scene.js';

const ground = 0.875 - 0.1;
const path = (...args: Parameters<typeof move>) => move(...args).frames.map(([first]) => first);

describe('move', () => {
  it('lets a body fall as gravity says', () => {
    const moved = path([body({ y: 0.2 })]);
    for (let frame = 0; frame <= 5; frame++) {
      expect(moved[frame].y).toBeCloseTo(0.2 + (rules.gravity / 2) * (frame / 8) ** 2, 9);
    }
  });

  it('bounces off the floor with the set share of the speed', () => {
    const { frames, bounces } = move([body({ y: 0.2 })]);
    const speed = Math.sqrt(2 * rules.gravity * (ground - 0.2));
    expect(bounces[0].speed).toBeCloseTo(speed, 1);
    expect(bounces[0].frame).toBeCloseTo((8 * speed) / rules.gravity, 0);
    const highest = Math.min(...frames.slice(6).map(([{ y }]) => y));
    expect((ground - highest) / (ground - 0.2)).toBeCloseTo(rules.restitution ** 2, 1);
  });

  it('slows a rolling circle by friction and turns it with its way', () => {
    const moved = path([body({ x: 0.2, y: ground, vx: 0.3 })]);
    expect(moved[15].vx).toBeCloseTo(0.3 - (rules.friction * 15) / 8, 6);
    expect(moved[15].angle).toBeCloseTo((moved[15].x - 0.2) / 0.1, 2);
    expect(moved[15].y).toBeCloseTo(ground, 9);
  });

  it('keeps momentum when bodies meet on the floor, and they part', () => {
    const start = [body({ x: 0.3, y: ground, vx: 0.4 }), body({ x: 0.6, y: ground })];
    const { frames } = move(start);
    const [a, b] = frames[8];
    expect(b.vx).toBeGreaterThan(0.2);
    expect(a.vx).toBeLessThan(0.1);
    // Friction takes at most its part of the two speeds.
    expect(a.vx + b.vx).toBeGreaterThan(0.4 - 2 * rules.friction);
    expect(a.vx + b.vx).toBeLessThan(0.4);
  });

  it('never adds energy, keeps bodies on screen and apart where there is no fault', () => {
    for (const { bodies, frames } of clips(300, { seed: 1, failShare: 0 })) {
      let before = Number.POSITIVE_INFINITY;
      for (const states of frames) {
        const energy = energyOf(states);
        expect(energy).toBeLessThanOrEqual(before * 1.01 + 1e-5);
        before = energy;
        states.forEach((state, i) => {
          expect(state.visible).toBe(true);
          expect(Math.min(state.x, state.y, 1 - state.x)).toBeGreaterThan(state.radius - 0.03);
          expect(state.y).toBeLessThan(0.875 - state.radius + 0.03);
          for (const other of states.slice(0, i)) {
            const distance = Math.hypot(state.x - other.x, state.y - other.y);
            expect(distance).toBeGreaterThan(0.85 * (state.radius + other.radius));
          }
        });
      }
      expect(frames).toHaveLength(16);
      expect(frames[0]).toHaveLength(bodies.length);
    }
  });

  it('lets a body sink at once and no deeper than the fault says', () => {
    const fault = { kind: 'passes the floor', strength: 0.5, body: 0, frame: 3, depth: 0.12 } as const;
    const moved = path([body({ y: 0.3 })], fault);
    const landed = moved.findIndex(({ y }) => y >= ground);
    for (let frame = landed; frame < 16; frame++) {
      expect(moved[frame].y).toBeGreaterThanOrEqual(moved[frame - 1].y);
    }
    expect(moved[15].y - ground).toBeCloseTo(0.12, 2);
  });

  it('moves a body by a jump and keeps its velocity', () => {
    const fault = { kind: 'jumps', strength: 0.5, body: 0, frame: 3, dx: 0.2, dy: -0.1 } as const;
    const start = [body({ y: 0.3 })];
    const [faultless, jumped] = [path(start), path(start, fault)];
    expect(jumped[2]).toEqual(faultless[2]);
    expect(jumped[3].x - faultless[3].x).toBeCloseTo(0.2, 9);
    expect(jumped[3].y - faultless[3].y).toBeCloseTo(-0.1, 9);
    expect(jumped[3].vy).toBeCloseTo(faultless[3].vy, 9);
  });

  it('turns gravity by the angle from the frame on', () => {
    const fault = { kind: 'gravity turns', strength: 0.6, frame: 2, angle: Math.PI / 2 } as const;
    const moved = path([body({ x: 0.3, y: 0.2 })], fault);
    expect(moved[1].vx).toBe(0);
    expect(moved[4].vx).toBeCloseTo((rules.gravity * 2) / 8, 1);
    expect(moved[4].vy).toBeCloseTo(moved[2].vy, 1);
  });

  it('adds energy at one bounce', () => {
    const start = [body({ y: 0.4 })];
    const { bounces } = move(start);
    const { frame } = bounces[0];
    const fault = { kind: 'gains energy', strength: 0.5, body: 0, frame, restitution: 1.4 } as const;
    const { frames } = move(start, fault);
    const after = frames.slice(Math.ceil(frame));
    const highest = Math.min(...after.map(([{ y }]) => y));
    expect(highest).toBeLessThan(0.2);
  });

  it('hides a body for the frames of the fault, and nothing meets it meanwhile', () => {
    const start = [body({ x: 0.2, y: ground, vx: 0.5 }), body({ x: 0.6, y: ground })];
    const fault = { kind: 'vanishes', strength: 1, body: 1, frame: 2, until: 16 } as const;
    const { frames } = move(start, fault);
    expect(frames.map((states) => states[1].visible)).toEqual(frames.map((_, frame) => frame < 2));
    expect(frames[7][0].x).toBeGreaterThan(0.55);
  });
});

describe('pace', () => {
  it('shows the same motion in another time', () => {
    const start = [body({ y: 0.2 }), body({ x: 0.8, y: 0.4, vx: -0.3 })];
    const [plain, slow] = [move(start).frames, move(start, undefined, 0.5).frames];
    expect(move(start, undefined, 1).frames).toEqual(plain);
    for (let i = 0; i < 8; i++) {
      plain[i].forEach((there, one) => {
        // Bounces fall on other steps of the simulation.
        expect(Math.abs(slow[2 * i][one].x - there.x)).toBeLessThan(0.01);
        expect(Math.abs(slow[2 * i][one].y - there.y)).toBeLessThan(0.01);
      });
    }
  });
});
