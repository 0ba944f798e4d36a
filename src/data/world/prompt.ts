import { Random } from '../../base/random.js';
import { colours, type Kind, type Motion, motions, shapes } from './body.js';

/** The random stream of single prompts. */
const stream = 61;

/** Number words of a prompt, by count. */
const numbers = ['', 'a', 'two', 'three'];

/** Every word that a prompt can hold. */
export const vocabulary: readonly string[] = [
  ...['a', 'two', 'three', 'and', 'left', 'right'],
  ...colours,
  ...shapes.flatMap((shape) => [shape, `${shape}s`]),
  ...['fall', 'roll', 'slide', 'rest'].flatMap((verb) => [verb, `${verb}s`]),
  ...['fly', 'flies'],
];

/** One phrase of a prompt: so many bodies of one kind. */
export interface Phrase extends Kind {
  /** How many bodies. */
  count: number;
}

/** Draws the phrases of a prompt for 1 to 3 bodies, of which at least one moves; no two phrases are alike. */
export function drawPhrases(random: Random): Phrase[] {
  const bodies = random.choice([1, 1, 1, 2, 2, 2, 2, 3, 3, 3]);
  const phrases: Phrase[] = [];
  for (let left = bodies; left > 0; ) {
    const count = left > 1 && random.chance(0.25) ? 2 + random.integer(left - 1) : 1;
    const phrase = { count, colour: random.choice(colours), shape: random.choice(shapes), motion: 'falls' };
    const first = phrases.length === 0;
    const motion: Motion = random.choice(first ? motions.filter((name) => name !== 'rests') : motions);
    if (phrases.some((other) => other.colour === phrase.colour && other.shape === phrase.shape)) continue;
    phrases.push({ ...phrase, motion });
    left -= count;
  }
  return phrases;
}

/** A prompt of the world, as text and as what it asks for. */
export interface WorldPrompt {
  /** The prompt as it is written. */
  text: string;
  /** What it asks for. */
  phrases: readonly Phrase[];
}

/** Prompts drawn by a seed. @throws RangeError when `count` is not a whole number from 1 on. */
export function worldPrompts(count: number, seed: number): WorldPrompt[] {
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new RangeError(`worldPrompts: count must be a whole number from 1 on, received ${count}`);
  }
  return Array.from({ length: count }, (_, i) => {
    const phrases = drawPhrases(new Random(seed, stream, i));
    return { text: promptText(phrases), phrases };
  });
}

/** Name of a prompt, from its text. */
export function promptId(text: string): string {
  return text.replaceAll(' ', '-');
}

/** The kinds that phrases ask for, one for each body. */
export function kindsOf(phrases: readonly Phrase[]): Kind[] {
  return phrases.flatMap(({ count, ...kind }) => Array.from({ length: count }, () => kind));
}

/** The text of a prompt, for example "a red circle falls and two blue squares slide right". */
export function promptText(phrases: readonly Phrase[]): string {
  return phrases.map(phraseText).join(' and ');
}

function phraseText({ count, colour, shape, motion }: Phrase): string {
  const [verb, ...direction] = motion.split(' ');
  const shown = verb === 'rolls' && shape !== 'circle' ? 'slides' : verb;
  const plural = shown === 'flies' ? 'fly' : shown.slice(0, -1);
  return [
    numbers[count],
    colour,
    count > 1 ? `${shape}s` : shape,
    count > 1 ? plural : shown,
    ...direction,
  ].join(' ');
}
