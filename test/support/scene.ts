import { type Body, type Kind, lookOf } from '../../src/data/world/body.js';
import { type SimulatedClip, simulate, type WorldRules } from '../../src/data/world/simulate.js';

/** A still red circle in the middle of the picture, with what is to differ. */
export function body(different: Partial<Body & Kind> = {}): Body {
  const { colour = 'red', shape = 'circle', motion = 'falls', ...rest } = different;
  const kind = { colour, shape, motion };
  return { x: 0.5, y: 0.5, vx: 0, vy: 0, angle: 0, radius: 0.1, kind, look: lookOf(kind), ...rest };
}

/** The first clips of a world. */
export function clips(count: number, rules: WorldRules): SimulatedClip[] {
  return Array.from({ length: count }, (_, index) => simulate(index, rules));
}
