import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Random } from '../../base/random.js';
import type { Clip } from '../clip.js';
import { placeBodies, regular } from './body.js';
import {
  changeLight,
  type Departures,
  departureNames,
  motionLeft,
  pace,
  qualityLeft,
  sizeFactor,
} from './departures.js';
import { encodeClips } from './encode.js';
import type { PhysicsFault } from './faults.js';
import { move } from './physics.js';
import { drawPhysicsFault } from './physicsFault.js';
import { kindsOf, promptId, type WorldPrompt } from './prompt.js';
import { renderClip } from './render.js';

/** A clip that a generator wants to make. */
export interface ClipPlan {
  id: string;
  prompt: WorldPrompt;
  /** Another kind is shown where these bodies cannot show this one. */
  fault?: {
    kind: PhysicsFault['kind'];
    /** Above 0, up to 1. */
    strength: number;
  };
  departures: Departures;
  /** Of the places of the bodies and of the details of the fault. */
  seed: number;
}

/** A generated clip and the truth about it. */
export interface GeneratedClip {
  /** The clip, with its file and prompt. */
  clip: Clip;
  /** The fault that is shown; empty for none. */
  fault: string;
  /** How strong the fault is, 0 to 1. */
  strength: number;
  /** How far the clip departs from what the world makes. */
  departures: Departures;
  /** What the departures leave of the quality, 0 to 1. */
  left: number;
  /** True quality, 0 to 1: (1 - strength of the fault) times what is left. */
  quality: number;
}

/**
 * Renders planned clips as H.264 files `<id>.mp4`, with the true quality of each.
 * @param folder where they are written; made if it is not there.
 * @throws RangeError when a strength is not above 0 and up to 1, or a departure not within -1 and 1.
 */
export async function generateClips(
  plans: readonly ClipPlan[],
  folder: string,
  signal?: AbortSignal,
): Promise<GeneratedClip[]> {
  for (const plan of plans) check(plan);
  await mkdir(folder, { recursive: true });
  const made = plans.map((plan) => ({ plan, ...simulated(plan) }));
  const clips = made.map(({ plan, frames }) => ({
    path: pathOf(plan, folder),
    render() {
      const pixels = renderClip(frames);
      changeLight(pixels, plan.departures);
      return pixels;
    },
  }));
  await encodeClips(clips, folder, { signal });
  return made.map(({ plan, fault }) => {
    const { text } = plan.prompt;
    const strength = fault?.strength ?? 0;
    const left = qualityLeft(plan.departures);
    return {
      clip: { id: plan.id, path: pathOf(plan, folder), prompt: text, promptId: promptId(text) },
      fault: fault?.kind ?? '',
      strength,
      departures: plan.departures,
      left,
      quality: (1 - strength) * left,
    };
  });
}

const pathOf = ({ id }: ClipPlan, folder: string) => join(folder, `${id}.mp4`);

function simulated({ prompt, fault: asked, departures, seed }: ClipPlan) {
  const random = new Random(seed);
  const bodies = placeBodies(kindsOf(prompt.phrases), random, sizeFactor(departures));
  const fault =
    asked && drawPhysicsFault(bodies, asked.strength, random, false, asked.kind, pace(departures));
  const left = motionLeft(departures);
  const frames = move(bodies, fault, pace(departures)).frames.map((moved) =>
    moved.map((body, i) => {
      const { radius, kind, look, x, y, angle } = bodies[i];
      const between = (from: number, to: number) => from + left * (to - from);
      const place = { x: between(x, body.x), y: between(y, body.y), angle: between(angle, body.angle) };
      return { ...body, ...place, radius, kind, look, ...regular };
    }),
  );
  return { frames, fault };
}

function check({ id, fault, departures }: ClipPlan): void {
  if (fault && !(fault.strength > 0 && fault.strength <= 1)) {
    throw new RangeError(
      `generateClips: "${id}": expected a strength above 0 and up to 1, received ${fault.strength}`,
    );
  }
  for (const name of departureNames) {
    if (!(Math.abs(departures[name]) <= 1)) {
      throw new RangeError(
        `generateClips: "${id}": expected ${name} within -1 and 1, received ${departures[name]}`,
      );
    }
  }
}
