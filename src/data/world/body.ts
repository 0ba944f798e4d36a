import type { Random } from '../../base/random.js';

/** Frames of a clip, frames a second, and pixels a side. */
export const clipFormat = { frames: 16, fps: 8, size: 128 } as const;

/** Height of the floor. Lengths are in widths of the picture: x to the right, y downwards, 0 to 1. */
export const floorHeight = 0.875;

/** The colours of bodies, as RGB. */
export const palette = {
  red: [222, 38, 38],
  green: [36, 158, 62],
  blue: [36, 86, 228],
  yellow: [238, 198, 18],
  purple: [158, 52, 190],
  black: [24, 24, 28],
} as const satisfies Record<string, Rgb>;

/** Outlines of bodies: each fills a square of side 2 `radius`. */
export const shapes = ['circle', 'square', 'triangle'] as const;

/** What a body does at the start. Circles roll along the floor, the others slide. */
export const motions = ['falls', 'rolls left', 'rolls right', 'flies left', 'flies right', 'rests'] as const;

export type Rgb = readonly [red: number, green: number, blue: number];
export type Colour = keyof typeof palette;
export type Shape = (typeof shapes)[number];
export type Motion = (typeof motions)[number];
export const colours = Object.keys(palette) as Colour[];

/** What a prompt asks of one body. */
export interface Kind {
  /** Colour of the body. */
  colour: Colour;
  /** Shape of the body. */
  shape: Shape;
  /** How the body moves. */
  motion: Motion;
}

/** How a body looks: the outline is a blend of `shape` and, by the share `morph`, `otherShape`. */
export interface Look {
  rgb: Rgb;
  shape: Shape;
  otherShape: Shape;
  morph: number;
}

/** Place and velocity (widths a second) of a body; `angle` in radians. */
export interface Placement {
  x: number;
  y: number;
  vx: number;
  vy: number;
  angle: number;
}

/** A body at the start of a clip. */
export interface Body extends Placement {
  radius: number;
  kind: Kind;
  look: Look;
}

/** How an outline departs from its regular form; `regular` says by nothing. */
export interface Deformation {
  /** Factors of width and height; the lowest point keeps its place. */
  stretchX: number;
  stretchY: number;
  /** How much wider the bottom is than the middle, as a share. */
  sag: number;
  /** Half of the gap between the two halves, in radii. */
  split: number;
}

export const regular: Deformation = { stretchX: 1, stretchY: 1, sag: 0, split: 0 };

/** A body in one frame. */
export interface BodyState extends Placement, Deformation {
  radius: number;
  visible: boolean;
  kind: Kind;
  look: Look;
}

/**
 * Places bodies of the given kinds so that none touches another and each can be seen to do what it is asked.
 * @param size factor of the bodies' radii, from 0.5 on, where there is room.
 * @throws Error when there is no room for them.
 */
export function placeBodies(kinds: readonly Kind[], random: Random, size = 1): Body[] {
  for (let attempt = 0; attempt < 100; attempt++) {
    const bodies: Body[] = [];
    // Where it is crowded, smaller bodies: down to half of what they usually are.
    const scale = size + ((0.5 - size) * attempt) / 100;
    for (const kind of kinds) {
      const body = placeBeside(bodies, kind, scale * random.uniform(0.07, 0.12), random);
      if (body) bodies.push(body);
    }
    if (bodies.length === kinds.length) return bodies;
  }
  throw new Error(`placeBodies: no room for ${kinds.length} bodies; ask for at most 4`);
}

/** One more body that touches none of the others, if a place is found. */
export function placeBeside(
  others: readonly Body[],
  kind: Kind,
  radius: number,
  random: Random,
): Body | undefined {
  for (let attempt = 0; attempt < 30; attempt++) {
    const { x, y, vx, vy } = start(kind.motion, radius, random);
    if (others.some((other) => touch({ x, y, radius }, other, 0.03))) continue;
    return { x, y, vx, vy, angle: 0, radius, kind, look: lookOf(kind) };
  }
  return undefined;
}

/** The regular look of a kind of body. */
export function lookOf({ colour, shape }: Kind): Look {
  return { rgb: palette[colour], shape, otherShape: shape, morph: 0 };
}

/** Whether two bodies are nearer to each other than `gap`, seen as squares. */
export function touch(
  a: { x: number; y: number; radius: number },
  b: { x: number; y: number; radius: number },
  gap = 0,
): boolean {
  const reach = a.radius + b.radius + gap;
  return Math.abs(a.x - b.x) < reach && Math.abs(a.y - b.y) < reach;
}

function start(motion: Motion, radius: number, random: Random): Omit<Placement, 'angle'> {
  const ground = floorHeight - radius;
  const side = motion.endsWith('left') ? -1 : 1;
  const behind = (far: number) => {
    const x = random.uniform(radius + 0.02, far);
    return side < 0 ? 1 - x : x;
  };
  switch (motion) {
    case 'falls':
      return {
        x: random.uniform(radius + 0.03, 0.97 - radius),
        y: random.uniform(radius + 0.02, ground - 0.3),
        vx: random.uniform(-0.05, 0.05),
        vy: random.uniform(0, 0.2),
      };
    case 'rolls left':
    case 'rolls right':
      return { x: behind(0.45), y: ground, vx: side * random.uniform(0.3, 0.55), vy: 0 };
    case 'flies left':
    case 'flies right':
      return {
        x: behind(0.4),
        y: random.uniform(0.4, ground - 0.12),
        vx: side * random.uniform(0.3, 0.5),
        vy: random.uniform(-0.9, -0.4),
      };
    case 'rests':
      return { x: random.uniform(radius + 0.03, 0.97 - radius), y: ground, vx: 0, vy: 0 };
  }
}
