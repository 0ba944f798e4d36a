import { type DepartureName, type Departures, qualityLeft } from '../data/world/departures.js';
import type { GeneratedClip } from '../data/world/generate.js';
import type { AuditedClip, ScoreFunction } from './scorer.js';
import { lightSteps } from './variants.js';

/**
 * The true quality of changed clips of the generated world, as a scorer: (1 - strength of the fault) times what the departures leave,
 * those of the clip with the change added, within -1 and 1. Of brightness a change adds its step over 96, of contrast the binary
 * logarithm of its factor; half and double speed add -1 and 1, half and whole freezing 0.5 and 1 of stillness. Other changes
 * cost nothing.
 * @param made the clips that are audited, with what is true of them
 * @throws {RangeError} when it is asked about another clip
 */
export function worldTruth(made: readonly GeneratedClip[]): ScoreFunction {
  const known = new Map(made.map((one) => [one.clip.id, one]));
  return function truth(clips) {
    return clips.map((clip) => {
      const own = known.get(clip.of);
      if (!own) throw new RangeError(`worldTruth: there is no clip "${clip.of}" in the world`);
      const departures = { ...own.departures };
      for (const [name, change] of Object.entries(departureOf(clip)) as [DepartureName, number][])
        departures[name] = Math.max(-1, Math.min(1, departures[name] + change));
      return (1 - own.strength) * qualityLeft(departures);
    });
  };
}

/** What a change is in the terms of the world. */
export function departureOf({ family, level }: Pick<AuditedClip, 'family' | 'level'>): Partial<Departures> {
  switch (family) {
    case 'darker':
    case 'brighter':
      return { brightness: lightSteps[family][level - 1] / 96 };
    case 'flatter':
    case 'harder':
      return { contrast: Math.log2(lightSteps[family][level - 1]) };
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
