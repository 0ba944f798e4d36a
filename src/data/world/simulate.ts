import { Random } from '../../base/random.js';
import { misalign } from './alignment.js';
import { type Body, type BodyState, placeBodies, regular } from './body.js';
import { deformationAt, drawDeformity } from './deformity.js';
import { type Dimension, dimensions, type Faults } from './faults.js';
import { move } from './physics.js';
import { drawPhysicsFault } from './physicsFault.js';
import { drawPhrases, kindsOf, type Phrase, promptId, promptText } from './prompt.js';

/** What decides the clips of a world. */
export interface WorldRules {
  /** Any integer. */
  seed: number;
  /** Clips of one prompt, made by different generators (default 4). */
  clipsPerPrompt?: number;
  /** Probability of a fault, for all dimensions or for each (default 0.4). */
  failShare?: number | Partial<Record<Dimension, number>>;
  /** Range of the strength of faults, within (0, 1] (default [0.5, 1]). */
  strength?: readonly [low: number, high: number];
}

/** One clip of the world, not yet rendered. */
export interface SimulatedClip {
  /** "clip-000042" for index 42. */
  id: string;
  prompt: string;
  promptId: string;
  generator: string;
  /** What the prompt asks for. */
  phrases: Phrase[];
  /** The bodies that are shown, at the start. */
  bodies: Body[];
  faults: Faults;
  /** `frames[frame][body]`. */
  frames: BodyState[][];
}

/** The simulated generators, and by how much of failShare (1 - failShare) each fails more often than the mean. */
const generators = [
  { name: 'gen-a', worse: -0.6 },
  { name: 'gen-b', worse: -0.2 },
  { name: 'gen-c', worse: 0.2 },
  { name: 'gen-d', worse: 0.6 },
];

/** Streams of random numbers, so that a change in one leaves the others alone. */
const stream = { prompt: 1, start: 2, physics: 3, deformity: 4, alignment: 5 };

/**
 * One clip of a world: a pure function of its index and the rules.
 * @throws RangeError when the rules are out of range.
 */
export function simulate(index: number, world: WorldRules): SimulatedClip {
  const { seed, clipsPerPrompt, failShare, strength } = checkedRules(world);
  if (!Number.isInteger(index) || index < 0) {
    throw new RangeError(`simulate: index must be a whole number from 0 on, received ${index}`);
  }
  const generator = generators[index % generators.length];
  const phrases = drawPhrases(new Random(seed, stream.prompt, Math.floor(index / clipsPerPrompt)));
  const asked = placeBodies(kindsOf(phrases), new Random(seed, stream.start, index));

  const draws = (dimension: Dimension) => {
    const random = new Random(seed, stream[dimension], index);
    const share = failShare[dimension];
    const fails = random.chance(share + generator.worse * share * (1 - share));
    return { random, fails, strength: random.uniform(...strength) };
  };
  const physics = draws('physics');
  const deformity = draws('deformity');
  const alignment = draws('alignment');

  const faults: Faults = {};
  let bodies = asked;
  if (alignment.fails) {
    ({ bodies, fault: faults.alignment } = misalign(asked, alignment.strength, alignment.random));
  }
  if (physics.fails) {
    // A single body that is also deformed has to stay, or nobody would see that.
    const stays = deformity.fails && bodies.length === 1;
    faults.physics = drawPhysicsFault(bodies, physics.strength, physics.random, stays);
  }
  if (deformity.fails) {
    const removed =
      faults.physics?.kind === 'passes the floor' || faults.physics?.kind === 'vanishes'
        ? faults.physics.body
        : undefined;
    const present = bodies.map((_, body) => body).filter((body) => body !== removed);
    faults.deformity = drawDeformity(present, deformity.strength, deformity.random);
  }

  const prompt = promptText(phrases);
  return {
    id: clipId(index),
    prompt,
    promptId: promptId(prompt),
    generator: generator.name,
    phrases,
    bodies,
    faults,
    frames: statesOf(bodies, faults),
  };
}

/** Name of the clip with an index. */
export function clipId(index: number): string {
  return `clip-${String(index).padStart(6, '0')}`;
}

/** Rules with their defaults, checked. */
export function checkedRules({
  seed,
  clipsPerPrompt = 4,
  failShare = 0.4,
  strength = [0.5, 1],
}: WorldRules): {
  seed: number;
  clipsPerPrompt: number;
  failShare: Record<Dimension, number>;
  strength: readonly [number, number];
} {
  if (!Number.isInteger(seed)) throw new RangeError(`world: seed must be an integer, received ${seed}`);
  if (!Number.isInteger(clipsPerPrompt) || clipsPerPrompt < 1) {
    throw new RangeError(
      `world: clipsPerPrompt must be a whole number from 1 on, received ${clipsPerPrompt}`,
    );
  }
  const [low, high] = strength;
  if (!(low > 0 && low <= high && high <= 1)) {
    throw new RangeError(
      `world: strength must be [low, high] with 0 < low <= high <= 1, received [${strength}]`,
    );
  }
  const given = typeof failShare === 'number' ? {} : failShare;
  for (const name of Object.keys(given)) {
    if (!(dimensions as readonly string[]).includes(name)) {
      throw new RangeError(`world: failShare has no dimension "${name}"; use ${dimensions.join(', ')}`);
    }
  }
  const shareOf = (dimension: Dimension) => {
    const share = typeof failShare === 'number' ? failShare : (failShare[dimension] ?? 0.4);
    if (!(share >= 0 && share <= 1)) {
      throw new RangeError(`world: failShare of ${dimension} must be within 0 and 1, received ${share}`);
    }
    return share;
  };
  return {
    seed,
    clipsPerPrompt,
    failShare: {
      physics: shareOf('physics'),
      deformity: shareOf('deformity'),
      alignment: shareOf('alignment'),
    },
    strength,
  };
}

function statesOf(bodies: readonly Body[], { physics, deformity }: Faults): BodyState[][] {
  return move(bodies, physics).frames.map((moved, frame) =>
    moved.map(({ x, y, vx, vy, angle, visible }, i) => {
      const { radius, kind, look } = bodies[i];
      const { stretchX, stretchY, sag, split } =
        deformity?.body === i ? deformationAt(deformity, frame) : regular;
      // Field by field: spreads take most of the time here.
      return { x, y, vx, vy, angle, visible, radius, kind, look, stretchX, stretchY, sag, split };
    }),
  );
}
