import { type Body, clipFormat, floorHeight, type Placement, type Shape } from './body.js';
import type { PhysicsFault } from './faults.js';

/** The rules: widths and seconds. Restitution is the share of the speed that a bounce keeps. */
export const rules = {
  gravity: 2.4,
  restitution: 0.7,
  bodyRestitution: 0.9,
  friction: 0.12,
  /** Bounces slower than this end at rest. */
  restSpeed: 0.1,
  /** Speed and rate (1/s) of sinking of a body that the floor lets through. */
  sinkSpeed: 0.25,
  sinkRate: 20,
} as const;

const stepsPerFrame = 25;

/** A body's place in one frame, and whether it is there to be seen. */
export interface Moved extends Placement {
  visible: boolean;
}

/** A body meeting the floor: `frame` is the time in frames, `speed` the speed downwards. */
export interface Bounce {
  body: number;
  frame: number;
  speed: number;
}

interface Mover extends Moved {
  radius: number;
  spin: number;
  shape: Shape;
  /** Where it began to sink into the floor. */
  sankFrom?: number;
}

/**
 * Moves bodies by the rules, broken in one way where there is a fault.
 * Without a fault the bodies' energy never grows: gravity is constant, every bounce and friction take some.
 * @param pace world time that passes in a second of the clip; 0.5 shows everything at half its speed.
 * @returns `frames[frame][body]`, and the bounces on the floor in order of time.
 */
export function move(
  bodies: readonly Body[],
  fault?: PhysicsFault,
  pace = 1,
): { frames: Moved[][]; bounces: Bounce[] } {
  const step = pace / (clipFormat.fps * stepsPerFrame);
  const movers = bodies.map(moverOf);
  const gravity: { x: number; y: number } = { x: 0, y: rules.gravity };
  const bounces: Bounce[] = [];
  const frames = [movers.map(placeOf)];
  let gain = fault?.kind === 'gains energy' ? fault : undefined;

  for (let i = 1; i < clipFormat.frames * stepsPerFrame - stepsPerFrame + 1; i++) {
    const frame = i / stepsPerFrame;
    if (fault?.kind === 'gravity turns' && frame >= fault.frame) {
      gravity.x = rules.gravity * Math.sin(fault.angle);
      gravity.y = rules.gravity * Math.cos(fault.angle);
    }
    movers.forEach((mover, index) => {
      const sinking = fault?.kind === 'passes the floor' && fault.body === index && frame >= fault.frame;
      if (sinking && mover.sankFrom !== undefined) {
        sink(mover, mover.sankFrom + fault.depth, step);
        return;
      }
      advance(mover, gravity, step);
      if (sinking && onFloor(mover)) {
        mover.sankFrom = floorHeight - mover.radius;
        return;
      }
      const speed = meetFloor(
        mover,
        gain?.body === index && frame >= gain.frame ? gain.restitution : undefined,
      );
      if (speed > 3 * rules.restSpeed) {
        bounces.push({ body: index, frame, speed });
        if (gain?.body === index && frame >= gain.frame) gain = undefined;
      }
      meetWalls(mover);
    });
    collideAll(movers);

    if (fault?.kind === 'jumps' && frame === fault.frame) {
      movers[fault.body].x += fault.dx;
      movers[fault.body].y += fault.dy;
    }
    if (fault?.kind === 'vanishes') {
      movers[fault.body].visible = frame < fault.frame || frame >= fault.until;
    }
    if (i % stepsPerFrame === 0) frames.push(movers.map(placeOf));
  }
  return { frames, bounces };
}

/** Kinetic and potential energy of bodies, the mass of each being its radius squared. */
export function energyOf(bodies: readonly (Placement & { radius: number })[]): number {
  return bodies.reduce((sum, { vx, vy, y, radius }) => {
    const height = floorHeight - radius - y;
    return sum + radius ** 2 * ((vx ** 2 + vy ** 2) / 2 + rules.gravity * height);
  }, 0);
}

function moverOf({ x, y, vx, vy, angle, radius, kind }: Body): Mover {
  const { shape } = kind;
  return { x, y, vx, vy, angle, radius, shape, spin: shape === 'circle' ? vx / radius : 0, visible: true };
}

function placeOf({ x, y, vx, vy, angle, visible }: Mover): Moved {
  return { x, y, vx, vy, angle, visible };
}

function onFloor({ y, radius }: Mover): boolean {
  return y >= floorHeight - radius - 1e-4;
}

/** Free motion over one step, with friction along the floor. */
function advance(mover: Mover, gravity: { x: number; y: number }, step: number): void {
  if (onFloor(mover) && mover.vy === 0) {
    const lost = Math.min(Math.abs(mover.vx), rules.friction * step);
    mover.vx -= Math.sign(mover.vx) * lost;
    if (mover.shape === 'circle') mover.spin = mover.vx / mover.radius;
  }
  mover.x += (mover.vx + (gravity.x * step) / 2) * step;
  mover.y += (mover.vy + (gravity.y * step) / 2) * step;
  mover.vx += gravity.x * step;
  mover.vy += gravity.y * step;
  mover.angle += mover.spin * step;
}

/** Slows a body down to the speed of sinking, until it is as deep as it goes. */
function sink(mover: Mover, lowest: number, step: number): void {
  mover.vy += (rules.sinkSpeed - mover.vy) * rules.sinkRate * step;
  mover.vx *= 1 - rules.sinkRate * step;
  mover.x += mover.vx * step;
  mover.y = Math.min(lowest, mover.y + mover.vy * step);
  if (mover.y === lowest) mover.vy = 0;
}

/** Bounces a body off the floor and returns the speed at which it came (0 when it did not). */
function meetFloor(mover: Mover, restitution: number = rules.restitution): number {
  const ground = floorHeight - mover.radius;
  if (mover.y <= ground) return 0;
  const speed = Math.max(0, mover.vy);
  mover.y = ground;
  mover.vy = bounced(speed, restitution);
  return speed;
}

function meetWalls(mover: Mover): void {
  const { radius } = mover;
  if (mover.y < radius) {
    mover.y = radius;
    mover.vy = -bounced(-mover.vy);
  }
  if (mover.x < radius) {
    mover.x = radius;
    mover.vx = -bounced(-mover.vx);
  } else if (mover.x > 1 - radius) {
    mover.x = 1 - radius;
    mover.vx = bounced(mover.vx);
  }
}

/** Velocity after a bounce of a body that comes at a speed. */
function bounced(speed: number, restitution: number = rules.restitution): number {
  const after = restitution * speed;
  return after < rules.restSpeed ? 0 : -after;
}

function collideAll(movers: Mover[]): void {
  const solid = movers.filter((mover) => mover.visible && mover.sankFrom === undefined);
  for (let i = 0; i < solid.length; i++) {
    for (let j = 0; j < i; j++) collide(solid[i], solid[j]);
  }
}

/**
 * Bounces two bodies off each other. Their distance is the p-norm: p = 2 makes them discs, and where one is
 * a square, p = 4 keeps corners apart. Bodies that both stand on the floor meet sideways.
 */
function collide(a: Mover, b: Mover): void {
  const reach = a.radius + b.radius;
  const dx = b.x - a.x;
  const dy = onFloor(a) && onFloor(b) ? 0 : b.y - a.y;
  if (Math.abs(dx) >= reach || Math.abs(dy) >= reach) return;
  const p = a.shape === 'square' || b.shape === 'square' ? 4 : 2;
  const distance = (Math.abs(dx) ** p + Math.abs(dy) ** p) ** (1 / p);
  const overlap = reach - distance;
  if (overlap <= 0 || distance === 0) return;
  const steepX = Math.sign(dx) * Math.abs(dx) ** (p - 1);
  const steepY = Math.sign(dy) * Math.abs(dy) ** (p - 1);
  const nx = steepX / Math.hypot(steepX, steepY);
  const ny = steepY / Math.hypot(steepX, steepY);
  const shareOfA = b.radius ** 2 / (a.radius ** 2 + b.radius ** 2);
  a.x -= nx * overlap * shareOfA;
  a.y -= ny * overlap * shareOfA;
  b.x += nx * overlap * (1 - shareOfA);
  b.y += ny * overlap * (1 - shareOfA);
  const closing = (a.vx - b.vx) * nx + (a.vy - b.vy) * ny;
  if (closing <= 0) return;
  const push = (1 + rules.bodyRestitution) * closing;
  a.vx -= push * shareOfA * nx;
  a.vy -= push * shareOfA * ny;
  b.vx += push * (1 - shareOfA) * nx;
  b.vy += push * (1 - shareOfA) * ny;
}
