import type { Clip } from '../../data/clip.js';
import type { ProcessedClips, Processor } from './processor.js';
import type { Prompts } from './prompt.js';

/** Groups of clips that are read while the one before them is computed. */
export const readAhead = 3;

/** What a group has become when its turn comes. */
export interface ProcessedAhead extends ProcessedClips {
  /** Seconds that were waited for it. */
  waited: number;
}

/**
 * Groups of clips as model inputs, in their order: while one is computed those after it are read.
 * @throws with the signal's reason.
 */
export async function* ahead(
  processor: Pick<Processor, 'processMany'>,
  groups: readonly (readonly Clip[])[],
  prompts: Prompts,
  signal?: AbortSignal,
): AsyncGenerator<ProcessedAhead> {
  const end = new AbortController();
  const reading = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
  const coming: Promise<ProcessedClips>[] = [];
  let next = 0;
  try {
    for (const i of groups.keys()) {
      for (; next <= i + readAhead && next < groups.length; next++) {
        const processed = processor.processMany(groups[next], prompts, { signal: reading });
        processed.catch(() => {}); // a caller that stops early leaves nobody to hear of it
        coming.push(processed);
      }
      const asked = performance.now();
      const processed = await (coming.shift() as Promise<ProcessedClips>);
      yield { ...processed, waited: (performance.now() - asked) / 1000 };
    }
  } finally {
    end.abort(new Error('no clips are asked for any more'));
  }
}
