import { Random } from '../base/random.js';
import { type GeneratedClip, generateClips } from '../data/world/generate.js';
import type { WorldPrompt } from '../data/world/prompt.js';
import { type Policy, plansOf } from './policy.js';

/**
 * Clips of a policy, as files in a folder, with their true quality.
 * @param options `perPrompt` clips for each prompt; `seed`, any integer; `folder`, made if it is not there.
 * @throws RangeError when there is no prompt, or `perPrompt` is not a whole number from 1 on.
 */
export async function sample(
  policy: Policy,
  prompts: readonly WorldPrompt[],
  {
    perPrompt,
    seed,
    folder,
    signal,
  }: { perPrompt: number; seed: number; folder: string; signal?: AbortSignal },
): Promise<GeneratedClip[]> {
  if (prompts.length === 0) throw new RangeError('sample: expected at least one prompt, received none');
  if (!(Number.isInteger(perPrompt) && perPrompt >= 1)) {
    throw new RangeError(`sample: perPrompt must be a whole number from 1 on, received ${perPrompt}`);
  }
  const ofClips = prompts.flatMap((prompt) => new Array<WorldPrompt>(perPrompt).fill(prompt));
  const random = new Random(seed);
  const actions = await policy.act(ofClips, random);
  const idOf = (i: number) => `${Math.floor(i / perPrompt)}-${i % perPrompt}`;
  return generateClips(plansOf(actions, ofClips, random, idOf), folder, signal);
}
