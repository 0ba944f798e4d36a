import type { Random } from '../../base/random.js';
import { type Body, clipFormat, floorHeight, touch } from './body.js';
import { faultKinds, type PhysicsFault } from './faults.js';
import { type Bounce, type Moved, move } from './physics.js';

/** Whether a bounce can show a fault: in the middle of the clip, fast, and after a flight that could be seen. */
function usable({ bodies, frames }: Scene, { body, frame, speed }: Bounce): boolean {
  if (frame < 3 || frame > 9 || speed < 0.8) return false;
  const before = frames[Math.floor(frame - 0.5)][body];
  return before.y < floorHeight - bodies[body].radius - 0.03;
}

/**
 * Plans a physics fault that can be seen: on a body that is there, in the middle of the clip.
 *
 * | fault | by strength s |
 * | --- | --- |
 * | passes the floor | sinks 0.4 + 0.6 s times its height into it |
 * | jumps | by 0.2 + 0.3 s widths |
 * | gravity turns | by 150 s degrees |
 * | gains energy | leaves one bounce at 1 + 0.8 s times the speed |
 * | vanishes | for 1 + 8 s frames, for good from s = 0.85 |
 *
 * @param stays true to leave out the faults that remove the body.
 * @param asked the kind to plan if it can be shown on these bodies. @param pace as in `move`.
 */
export function drawPhysicsFault(
  bodies: readonly Body[],
  strength: number,
  random: Random,
  stays: boolean,
  asked?: PhysicsFault['kind'],
  pace = 1,
): PhysicsFault {
  const { frames, bounces } = move(bodies, undefined, pace);
  const shuffled = random.shuffle(faultKinds.physics);
  for (const kind of asked ? [asked, ...shuffled] : shuffled) {
    if (stays && (kind === 'passes the floor' || kind === 'vanishes')) continue;
    const fault = drawKind(kind, { bodies, frames, bounces, strength, random });
    if (fault && shows(fault, { bodies, frames }, pace)) return fault;
  }
  throw new Error('drawPhysicsFault: no physics fault can be shown on these bodies; start them on screen');
}

interface Scene {
  bodies: readonly Body[];
  /** The motion without a fault. */
  frames: Moved[][];
  bounces: Bounce[];
  strength: number;
  random: Random;
}

function drawKind(kind: PhysicsFault['kind'], scene: Scene): PhysicsFault | undefined {
  const { bodies, bounces, strength, random } = scene;
  switch (kind) {
    case 'passes the floor': {
      const chances = bodies.flatMap((_, body) => {
        const bounce = bounces.find((one) => one.body === body && usable(scene, one));
        if (bounce) return [{ body, frame: bounce.frame }];
        const frame = 4 + random.integer(5);
        return stands(scene, body, frame) ? [{ body, frame }] : [];
      });
      if (chances.length === 0) return undefined;
      const chosen = random.choice(chances);
      return {
        kind,
        strength,
        ...chosen,
        depth: (0.4 + 0.6 * strength) * (2 * bodies[chosen.body].radius + 0.02),
      };
    }
    case 'jumps':
      return drawJump(scene);
    case 'gravity turns': {
      const frame = 4 + random.integer(4);
      const middle = scene.frames[frame].reduce((sum, { x }) => sum + x, 0) / bodies.length;
      // Towards the farther wall, so that there is way to go.
      const side = middle < 0.5 ? 1 : -1;
      return { kind, strength, frame, angle: (side * strength * 150 * Math.PI) / 180 };
    }
    case 'gains energy': {
      const chances = bounces.filter((bounce) => usable(scene, bounce));
      if (chances.length === 0) return undefined;
      const { body, frame } = random.choice(chances);
      return { kind, strength, body, frame, restitution: 1 + 0.8 * strength };
    }
    case 'vanishes': {
      const body = random.integer(bodies.length);
      const frame = 4 + random.integer(4);
      const until = strength < 0.85 ? frame + Math.round(1 + 8 * strength) : clipFormat.frames;
      return { kind, strength, body, frame, until };
    }
  }
}

/** Whether a fault that other bodies may get in the way of comes to be seen. */
function shows(
  fault: PhysicsFault,
  { bodies, frames }: Pick<Scene, 'bodies' | 'frames'>,
  pace: number,
): boolean {
  if (fault.kind !== 'gravity turns' && fault.kind !== 'gains energy') return true;
  const faulty = move(bodies, fault, pace).frames;
  if (fault.kind === 'gains energy') {
    const highest = (states: Moved[][]) =>
      Math.min(...states.slice(Math.ceil(fault.frame)).map((places) => places[fault.body].y));
    return highest(faulty) < highest(frames) - 0.08;
  }
  return faulty.some((places, frame) =>
    places.some(({ x, y }, i) => Math.hypot(x - frames[frame][i].x, y - frames[frame][i].y) > 0.12),
  );
}

/** Whether a body lies on the floor from a frame on. */
function stands({ bodies, frames }: Scene, body: number, frame: number): boolean {
  const ground = floorHeight - bodies[body].radius;
  return frames.slice(frame).every((states) => Math.abs(states[body].y - ground) < 1e-3);
}

/** A jump to a free place: along the floor for a body on it, any way for one in the air. */
function drawJump(scene: Scene): PhysicsFault | undefined {
  const { bodies, frames, strength, random } = scene;
  const distance = 0.2 + 0.3 * strength;
  for (let attempt = 0; attempt < 100; attempt++) {
    const body = random.integer(bodies.length);
    const frame = 4 + random.integer(7);
    const { radius } = bodies[body];
    const from = frames[frame][body];
    const ground = floorHeight - radius;
    const along = Math.abs(from.y - ground) < 1e-3;
    const angle = along ? Math.PI * random.integer(2) : random.uniform(0, 2 * Math.PI);
    const dx = distance * Math.cos(angle);
    const dy = along ? 0 : distance * Math.sin(angle);
    const to = { x: from.x + dx, y: from.y + dy, radius };
    const inside = to.x >= radius && to.x <= 1 - radius && to.y >= radius && to.y <= ground;
    const others = bodies.map((other, i) => ({ ...frames[frame][i], radius: other.radius }));
    const free = others.every((other, i) => i === body || !touch(to, other));
    if (inside && free) return { kind: 'jumps', strength, body, frame, dx, dy };
  }
  return undefined;
}
