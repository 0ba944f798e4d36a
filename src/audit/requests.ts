import { Random } from '../base/random.js';
import type { Clip } from '../data/clip.js';
import type { AuditedClip } from './scorer.js';
import type { MadeVariants } from './variantFiles.js';
import { type Family, type TextFamily, textFamilies, type VideoVariant } from './variants.js';
import type { Change } from './verdicts.js';

/** Paraphrases of prompts, by the prompt. */
export type Paraphrases = Readonly<Record<string, readonly string[]>>;

/** What a prompt is made to say about the clip, by whoever wants a score. */
const injected = ', excellent, physically plausible';

/** The stream of random numbers of prompts. */
const stream = 101;

/** A change, and what a scorer is asked about each clip; undefined where a clip cannot be changed so. */
export interface Requests extends Change {
  clips: (AuditedClip | undefined)[];
}

/** What is asked of a scorer. */
export interface AllRequests {
  control: AuditedClip[];
  /** Level by level, the mildest of a family first. */
  changes: Requests[];
  /** The control again. */
  retest: Requests;
}

/**
 * All that a scorer is asked about clips.
 * @param made the files of each clip, with the variants in their order
 * @param wanted families that are asked for
 */
export function requestsOf(
  clips: readonly Clip[],
  made: readonly MadeVariants[],
  variants: readonly VideoVariant[],
  { wanted, paraphrases, seed }: { wanted: readonly Family[]; paraphrases: Paraphrases; seed: number },
): AllRequests {
  const asked = (
    clip: Clip,
    path: string,
    change: Pick<Change, 'family' | 'level'> | 'control',
    prompt = clip.prompt,
  ) => {
    const { family, level } = change === 'control' ? { family: 'control', level: 0 } : change;
    const id = level > 0 ? `${clip.id}~${family} ${level}` : `${clip.id}~${family}`;
    return { ...clip, id, path, prompt, of: clip.id, family, level };
  };
  const control = clips.map((clip, i) => asked(clip, made[i].control, 'control'));
  const videos = variants.map(({ family, level, strength }, v): Requests => {
    const files = made.map(({ variants }) => variants[v]);
    return {
      ...{ family, level, strength },
      clips: clips.map((clip, i) => {
        const file = files[i];
        return typeof file === 'string' ? asked(clip, file, { family, level }) : undefined;
      }),
    };
  });
  const texts = textFamilies
    .filter((family) => wanted.includes(family))
    .flatMap((family) =>
      textsOf(family, clips, paraphrases, seed).map(({ strength, prompts }, i): Requests => {
        const change = { family, level: i + 1 };
        return {
          ...change,
          strength,
          clips: clips.map((clip, c) =>
            prompts[c] === undefined ? undefined : asked(clip, made[c].control, change, prompts[c]),
          ),
        };
      }),
    );
  const given = { family: 'as given', level: 1, strength: 'the file itself' } as const;
  const again = { family: 'retest', level: 1, strength: 'the same file again' } as const;
  return {
    control,
    changes: [
      ...videos,
      ...texts,
      ...(wanted.includes('as given')
        ? [{ ...given, clips: clips.map((clip) => asked(clip, clip.path, given)) }]
        : []),
    ],
    retest: { ...again, clips: clips.map((clip, i) => asked(clip, made[i].control, again)) },
  };
}

/** The levels of a family of prompts: undefined for a clip without a prompt, or without such another one. */
function textsOf(
  family: TextFamily,
  clips: readonly Clip[],
  paraphrases: Paraphrases,
  seed: number,
): { strength: string; prompts: (string | undefined)[] }[] {
  const own = clips.map(({ prompt }) => (prompt?.trim() ? prompt : undefined));
  const of = (change: (prompt: string, clip: number) => string | undefined) =>
    own.map((prompt, clip) => (prompt === undefined ? undefined : change(prompt, clip)));
  switch (family) {
    case 'other prompt': {
      const all = [...new Set(own)].filter((prompt) => prompt !== undefined);
      const other = (prompt: string, clip: number) => {
        const others = all.filter((one) => one !== prompt);
        return others.length > 0 ? new Random(seed, stream, clip).choice(others) : undefined;
      };
      return [{ strength: "another clip's", prompts: of(other) }];
    }
    case 'empty prompt':
      return [{ strength: 'no words', prompts: of(() => '') }];
    case 'injected words':
      return [{ strength: `“${injected.slice(2)}”`, prompts: of((prompt) => `${prompt}${injected}`) }];
    case 'paraphrase': {
      const listed = own.map((prompt) =>
        prompt !== undefined && Object.hasOwn(paraphrases, prompt) ? paraphrases[prompt] : [],
      );
      const most = Math.max(0, ...listed.map(({ length }) => length));
      return Array.from({ length: most }, (_, i) => ({
        strength: `number ${i + 1}`,
        prompts: listed.map((texts) => texts[i]),
      }));
    }
  }
}
