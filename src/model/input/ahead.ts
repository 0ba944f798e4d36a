import { setMaxListeners } from 'node:events';
import type { Clip } from '../../data/clip.js';
import type { ProcessedClips, Processor } from './processor.js';
import type { Prompts } from './prompt.js';

/** Groups of clips that are read while the one before them is computed. */
export const readAhead = 3;

/** Clips that are read together. */
export interface ClipGroup {
  clips: readonly Clip[];
}

/** What a group has become when its turn comes. */
export interface ProcessedAhead<Group extends ClipGroup> extends ProcessedClips {
  group: Group;
  /** Seconds that were waited for it. */
  waited: number;
}

/**
 * Groups of clips as model inputs, in their order: while one is computed those after it are read.
 * @throws with the signal's reason.
 */
export async function* ahead<Group extends ClipGroup>(
  processor: Pick<Processor, 'processMany'>,
  groups: Iterable<Group> | AsyncIterable<Group>,
  prompts: Prompts,
  signal?: AbortSignal,
): AsyncGenerator<ProcessedAhead<Group>> {
  const end = new AbortController();
  const reading = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
  setMaxListeners(0, reading); // each reading listens
  const coming: { group: Group; processed: Promise<ProcessedClips> }[] = [];
  const begin = (group: Group) => {
    const processed =
      group.clips.length > 0
        ? processor.processMany(group.clips, prompts, { signal: reading })
        : Promise.resolve({ inputs: [], failures: [] });
    processed.catch(() => {}); // a caller that stops early leaves nobody to hear of it
    coming.push({ group, processed });
  };
  const take = async () => {
    const { group, processed } = coming.shift() as (typeof coming)[number];
    const asked = performance.now();
    return { ...(await processed), group, waited: (performance.now() - asked) / 1000 };
  };
  try {
    for await (const group of groups) {
      begin(group);
      if (coming.length > readAhead) yield await take();
    }
    while (coming.length > 0) yield await take();
  } finally {
    end.abort(new Error('no clips are asked for any more'));
  }
}
