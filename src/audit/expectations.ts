import { type Family, families } from './variants.js';

/** What a good score does when a clip or its prompt is changed so: it drops, it stays, or nobody says. */
export type Expectation = 'drop' | 'stay' | 'open';
/** What is expected of each family of changes. */
export type Expectations = Record<Family, Expectation>;

/**
 * The dimensions that there is a table for. `quality` is how clean and sharp a clip looks, `world` the true quality of the
 * generated world in post-training.
 */
export const auditDimensions = ['physics', 'deformity', 'alignment', 'quality', 'world'] as const;
export type AuditDimension = (typeof auditDimensions)[number];

/** Damage to the pictures: what it hides cannot be judged, so for most dimensions nobody says. */
const pictures = ['blur', 'noise', 'compression', 'low resolution'] as const;
/** Light and colour. */
const light = ['darker', 'brighter', 'flatter', 'harder', 'paler', 'more vivid'] as const;
/** Motion that no longer follows from what was before. */
const motion = ['frozen', 'shuffled', 'dropped frames'] as const;

type Drops = { drop: readonly Family[]; open: readonly Family[] };

const tables: Record<AuditDimension, Drops> = {
  physics: {
    drop: motion,
    // Time can run backwards or at another pace without breaking a law.
    open: [...pictures, 'reversed', 'slower', 'faster', 'other prompt', 'empty prompt'],
  },
  deformity: {
    drop: [],
    open: [...pictures, ...motion, 'reversed', 'slower', 'faster', 'other prompt', 'empty prompt'],
  },
  alignment: {
    drop: ['other prompt'],
    // A prompt may ask for a colour, a direction or a speed.
    open: [...pictures, ...light, ...motion, 'reversed', 'slower', 'faster', 'flipped', 'empty prompt'],
  },
  quality: {
    drop: [...pictures, 'frozen', 'shuffled', 'dropped frames'],
    open: [
      ...light,
      ...(['reversed', 'slower', 'faster', 'letterboxed', 'resized', 'watermark', 'caption'] as const),
      ...(['other prompt', 'empty prompt'] as const),
    ],
  },
  world: {
    drop: ['darker', 'brighter', 'flatter', 'harder', 'slower', 'faster', 'frozen'],
    // It has no word on these.
    open: [...pictures, 'shuffled', 'dropped frames', 'reversed', 'other prompt', 'empty prompt'],
  },
};

/**
 * What should drop, stay or is open, for each family of variants of a dimension; what is neither to drop nor open is to
 * stay. A table of its own each time, to be edited: `{ ...sr.audit.expectations('physics'), slower: 'drop' }`.
 * @throws {RangeError} for a dimension that there is no table for
 */
export function expectations(dimension: AuditDimension): Expectations {
  if (!Object.hasOwn(tables, dimension)) {
    throw new RangeError(
      `expectations: there is no table for "${dimension}"; take that of ${auditDimensions.join(', ')} and edit it`,
    );
  }
  const { drop, open } = tables[dimension];
  const of = (family: Family): Expectation =>
    drop.includes(family) ? 'drop' : open.includes(family) ? 'open' : 'stay';
  return Object.fromEntries(families.map((family) => [family, of(family)])) as Expectations;
}

/** @throws {RangeError} for a table that lacks a family, has one that there is none of, or another word */
export function checkExpectations(table: Expectations): void {
  for (const family of families) {
    const word: string | undefined = table[family];
    if (!['drop', 'stay', 'open'].includes(word)) {
      throw new RangeError(`audit: "${family}" is to "drop", "stay" or be "open", received ${String(word)}`);
    }
  }
  const unknown = Object.keys(table).find((name) => !(families as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`audit: there is no family "${unknown}"; there are ${families.join(', ')}`);
  }
}
