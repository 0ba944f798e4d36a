import { Random } from '../../base/random.js';
import { clipFormat, type Deformation, regular } from './body.js';
import { type DeformityFault, faultKinds } from './faults.js';

/** Plans a deformity of one of the bodies with the given numbers, from the first third of the clip on. */
export function drawDeformity(bodies: readonly number[], strength: number, random: Random): DeformityFault {
  const kind = random.choice(faultKinds.deformity);
  const where = { strength, body: random.choice(bodies), frame: 3 + random.integer(3) };
  switch (kind) {
    case 'flickers':
      return { kind, ...where, seed: random.integer(2 ** 31) };
    case 'changes size':
      return { kind, ...where, grows: random.chance(0.5) };
    default:
      return { kind, ...where };
  }
}

/**
 * The outline of the deformed body in a frame. With s the strength and p the progress from 0 to 1 over 8 frames:
 *
 * | fault | outline |
 * | --- | --- |
 * | melts | 1 - 0.65 s p high, 1 + 0.6 s p wide, the bottom wider by 0.6 s p |
 * | splits | halves s p radii away from the middle |
 * | flickers | width and height off by up to 0.5 s, anew in each frame |
 * | changes size | 1 + 0.9 s p as large, or as small |
 */
export function deformationAt(fault: DeformityFault, frame: number): Deformation {
  const { strength } = fault;
  const progress = Math.min(1, Math.max(0, (frame - fault.frame) / Math.min(8, clipFormat.frames / 2)));
  if (progress === 0) return regular;
  const amount = strength * progress;
  switch (fault.kind) {
    case 'melts':
      return { stretchX: 1 + 0.6 * amount, stretchY: 1 - 0.65 * amount, sag: 0.6 * amount, split: 0 };
    case 'splits':
      return { ...regular, split: amount };
    case 'flickers': {
      const random = new Random(fault.seed, frame);
      // Signs alternate, so that two frames in a row are never alike.
      const sign = frame % 2 === 0 ? 1 : -1;
      const jitter = () => sign * random.uniform(0.25, 0.5) * strength;
      return { ...regular, stretchX: 1 + jitter(), stretchY: 1 - jitter() * random.choice([-1, 1]) };
    }
    case 'changes size': {
      const factor = fault.grows ? 1 + 0.9 * amount : 1 / (1 + 0.9 * amount);
      return { ...regular, stretchX: factor, stretchY: factor };
    }
  }
}
