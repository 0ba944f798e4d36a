/** What annotators judge in the generated world. */
export const dimensions = ['physics', 'deformity', 'alignment'] as const;
export type Dimension = (typeof dimensions)[number];

/** The faults of each dimension. */
export const faultKinds = {
  physics: ['passes the floor', 'jumps', 'gravity turns', 'gains energy', 'vanishes'],
  deformity: ['melts', 'splits', 'flickers', 'changes size'],
  alignment: ['colour', 'shape', 'direction', 'count'],
} as const satisfies Record<Dimension, readonly string[]>;

interface FaultOf<Kind extends string> {
  kind: Kind;
  /** From 0 (hardly there) to 1. */
  strength: number;
}

/** When and where a fault begins: `frame` may be between two frames. */
interface Occurrence {
  body: number;
  frame: number;
}

/** A broken rule of motion. Lengths in widths, angles in radians. */
export type PhysicsFault =
  | (FaultOf<'passes the floor'> & Occurrence & { depth: number })
  | (FaultOf<'jumps'> & Occurrence & { dx: number; dy: number })
  | (FaultOf<'gravity turns'> & { frame: number; angle: number })
  | (FaultOf<'gains energy'> & Occurrence & { restitution: number })
  | (FaultOf<'vanishes'> & Occurrence & { until: number });

/** A broken outline. `grows` says which way the size changes; `seed` gives the jitter of each frame. */
export type DeformityFault =
  | (FaultOf<'melts' | 'splits'> & Occurrence)
  | (FaultOf<'flickers'> & Occurrence & { seed: number })
  | (FaultOf<'changes size'> & Occurrence & { grows: boolean });

/** A departure from the prompt. */
export type AlignmentFault = FaultOf<(typeof faultKinds.alignment)[number]>;

/** The faults of one clip; a dimension without one passes. */
export interface Faults {
  physics?: PhysicsFault;
  deformity?: DeformityFault;
  alignment?: AlignmentFault;
}
