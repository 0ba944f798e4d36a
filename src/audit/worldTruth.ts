import { type Departures, qualityLeft } from '../data/world/departures.js';
import type { GeneratedClip } from '../data/world/generate.js';
import type { AuditedClip, ScoreFunction } from './scorer.js';
import { lightSteps } from './variants.js';

/**
 * The true quality of changed clips of the generated world, as a scorer: that of the clip, times what the change leaves of it
 * as a departure. Brightness is what is added over 96, contrast the binary logarithm of its factor, within -1 and 1; half and double
 * speed are the ends of `speed`, half and whole freezing 0.5 and 1 of `stillness`. Other changes cost nothing.
 * @param made the clips that are audited, with what is true of them
 * @throws {RangeError} when it is asked about another clip
 */
export function worldTruth(made: readonly GeneratedClip[]): ScoreFunction {
  const quality = new Map(made.map((one) => [one.clip.id, one.quality]));
  return function truth(clips) {
    return clips.map((clip) => {
      const own = quality.get(clip.of);
      if (own === undefined) throw new RangeError(`worldTruth: there is no clip "${clip.of}" in the world`);
      return own * qualityLeft({ ...none, ...departureOf(clip) });
    });
  };
}

const none: Departures = { brightness: 0, contrast: 0, size: 0, speed: 0, stillness: 0 };

/** What a change is in the terms of the world. */
export function departureOf({ family, level }: Pick<AuditedClip, 'family' | 'level'>): Partial<Departures> {
  switch (family) {
    case 'darker':
    case 'brighter':
      return { brightness: lightSteps[family][level - 1] / 96 };
    case 'flatter':
    case 'harder':
      return { contrast: Math.max(-1, Math.min(1, Math.log2(lightSteps[family][level - 1]))) };
    case 'slower':
      return { speed: -1 };
    case 'faster':
      return { speed: 1 };
    case 'frozen':
      return { stillness: level / 2 };
    default:
      return {};
  }
}
