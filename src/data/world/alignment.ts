import type { Random } from '../../base/random.js';
import {
  type Body,
  colours,
  type Kind,
  lookOf,
  motions,
  palette,
  placeBeside,
  type Rgb,
  shapes,
} from './body.js';
import { type AlignmentFault, faultKinds } from './faults.js';

/** From this strength on a count may be wrong by a missing body. */
const missingFrom = 0.75;

/**
 * Makes bodies depart from what the prompt asks.
 *
 * | fault | by strength s |
 * | --- | --- |
 * | colour | mixed with another colour, whose share is s |
 * | shape | outline blended with another shape's, whose share is s |
 * | direction | heading turned by 180 s degrees over the top; one that falls gets a speed of s sideways |
 * | count | one more body, of radius 0.12 s; or one missing, only where s is at least 0.75 |
 *
 * @returns the bodies as they are shown, and the fault.
 */
export function misalign(
  bodies: readonly Body[],
  strength: number,
  random: Random,
): { bodies: Body[]; fault: AlignmentFault } {
  for (const kind of random.shuffle(faultKinds.alignment)) {
    const shown = misalignedBy(kind, bodies, strength, random);
    if (shown) return { bodies: shown, fault: { kind, strength } };
  }
  throw new Error('misalign: no alignment fault can be shown on these bodies; give at least one');
}

function misalignedBy(
  fault: AlignmentFault['kind'],
  bodies: readonly Body[],
  strength: number,
  random: Random,
): Body[] | undefined {
  if (fault === 'count') return miscounted(bodies, strength, random);
  const moving = bodies.filter(({ kind }) => kind.motion !== 'rests');
  const chosen = random.choice(fault === 'direction' ? moving : bodies);
  const changed = {
    colour: () => recoloured(chosen, strength, random),
    shape: () => reshaped(chosen, strength, random),
    direction: () => redirected(chosen, strength, random),
  }[fault]();
  return bodies.map((body) => (body === chosen ? changed : body));
}

function recoloured(body: Body, strength: number, random: Random): Body {
  const other = palette[random.choice(colours.filter((colour) => colour !== body.kind.colour))];
  const mix = (i: number) => body.look.rgb[i] + (other[i] - body.look.rgb[i]) * strength;
  const rgb: Rgb = [mix(0), mix(1), mix(2)];
  return { ...body, look: { ...body.look, rgb } };
}

function reshaped(body: Body, strength: number, random: Random): Body {
  const otherShape = random.choice(shapes.filter((shape) => shape !== body.kind.shape));
  return { ...body, look: { ...body.look, otherShape, morph: strength } };
}

function redirected(body: Body, strength: number, random: Random): Body {
  if (body.kind.motion === 'falls') {
    const side = body.x < 0.5 ? 1 : -1;
    return { ...body, vx: side * strength, vy: -0.3 * strength };
  }
  const turn = strength * Math.PI;
  const lift = Math.abs(body.vx) * Math.sin(turn) * random.uniform(1.5, 2);
  return { ...body, vx: body.vx * Math.cos(turn), vy: body.vy - lift };
}

function miscounted(bodies: readonly Body[], strength: number, random: Random): Body[] | undefined {
  if (strength >= missingFrom && bodies.length > 1 && random.chance(0.6)) {
    const missing = random.integer(bodies.length);
    return bodies.filter((_, i) => i !== missing);
  }
  const kind: Kind = {
    colour: random.choice(colours),
    shape: random.choice(shapes),
    motion: random.choice(motions),
  };
  const surplus = placeBeside(bodies, kind, 0.12 * strength, random);
  return surplus && [...bodies, { ...surplus, look: lookOf(kind) }];
}
