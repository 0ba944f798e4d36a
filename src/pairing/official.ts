import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { replaceFile } from '../base/replaceFile.js';
import type { Clip } from '../data/clip.js';
import { readEntries } from '../data/tables/columnFile.js';
import { shown } from '../data/tables/vocabulary.js';
import type { Pair, PairKind } from './pair.js';

/** One message of the official format; `<video>` in the content marks where the video goes. */
export interface OfficialMessage {
  role: string;
  content: string;
}

/** One item of the official trainer's JSON. */
export interface OfficialItem {
  /** The chosen clip's conversation. */
  messages: OfficialMessage[];
  /** Content of the last message for the rejected clip. */
  rejected_response: string;
  /** Quality of the chosen and of the rejected clip; equal ones make a tie. */
  quality: [number, number];
  /** Paths of the chosen and of the rejected clip. */
  videos: [string, string];
  /** Anything that is known of each; ours holds the clip. */
  meta?: { positive?: Record<string, unknown>; negative?: Record<string, unknown> };
}

/** A pair with the official item that it was read from. */
export interface OfficialPair extends Pair {
  /** The item of the file, with all its fields. */
  item: OfficialItem;
}

/** What the model is asked; in `user`, `{prompt}` stands for the clip's prompt. */
export interface OfficialPrompts {
  /** Instructions; none where it is not given. */
  system?: string;
  /** The question, with `{prompt}` in it. */
  user: string;
}

const placeholder = '<video>';
const qualities: Record<PairKind, [number, number]> = {
  'win-lose': [1, 0],
  'win-tie': [1, 1],
  'lose-tie': [0, 0],
};

/**
 * Reads pairs from a JSON file of the official trainer, or the same in JSON Lines. Equal qualities are a tie: win-tie above 0, else lose-tie;
 * as there, the first clip is the chosen one whatever the order of unequal qualities. Fields of a clip and the
 * dimension come from `meta` where `writeOfficial` put them; else the path is the id.
 * Source: official implementation, training file.
 * @param options dimension of the pairs that do not say it themselves, default `quality`; `prompts`, by which a clip's
 *   prompt is found in its user message.
 * @throws naming the file and the item when it has not the official form, or more than one video a side.
 */
export async function readOfficial(
  file: string,
  { dimension = 'quality', prompts }: { dimension?: string; prompts?: OfficialPrompts } = {},
): Promise<OfficialPair[]> {
  const items = await readEntries('readOfficial', file);
  if (!Array.isArray(items))
    throw new Error(`readOfficial: ${file}: expected a list, received ${typeName(items)}`);
  if (items.length === 0) throw new Error(`readOfficial: ${file}: expected at least one item, received none`);
  return items.map((value, index) => {
    const item = checkItem(`readOfficial: ${file} item ${index}`, value);
    const [chosen, rejected] = item.quality;
    const kind = chosen !== rejected ? 'win-lose' : chosen > 0 ? 'win-tie' : 'lose-tie';
    const { positive = {}, negative = {} } = item.meta ?? {};
    const asked = item.messages[item.messages.length - 1].content;
    return {
      chosen: clipOf(item.videos[0], positive, asked, prompts),
      rejected: clipOf(item.videos[1], negative, item.rejected_response, prompts),
      kind,
      dimension: typeof positive.dimension === 'string' ? positive.dimension : dimension,
      item,
    };
  });
}

/**
 * Writes pairs as a JSON file that the official trainer reads, one item a line. Qualities are 1 for Pass and 0 for
 * Fail; `meta` keeps the clips, so that `readOfficial` gives back the same pairs.
 * Source: official implementation, training file.
 * @param pairs any number: they are written as they come, and an old file gives way when all of them are.
 * @throws when there is no pair, a clip has no prompt that `{prompt}` needs, or a text holds `<video>` itself.
 */
export async function writeOfficial(
  file: string,
  pairs: Iterable<Pair>,
  { prompts }: { prompts: OfficialPrompts },
): Promise<void> {
  function* lines() {
    let index = 0;
    for (const pair of pairs) {
      yield `${index === 0 ? '[' : ',\n'}${JSON.stringify(itemOf(pair, prompts, index))}`;
      index++;
    }
    if (index === 0) throw new RangeError('writeOfficial: expected at least one pair, received none');
    yield ']\n';
  }
  await replaceFile(file, (draft) => pipeline(Readable.from(lines()), draft.createWriteStream()));
}

/** The checks of the official reader, in its order, and those of the types that it takes for granted. */
function checkItem(where: string, value: unknown): OfficialItem {
  if (typeName(value) !== 'an object')
    throw new Error(`${where}: expected an object, received ${typeName(value)}`);
  const item = value as OfficialItem;
  for (const field of ['messages', 'rejected_response', 'quality', 'videos'] as const) {
    if (!(field in item)) throw new Error(`${where}: the field "${field}" is missing`);
  }
  const wrong = (field: string, expected: string, received: unknown) =>
    new Error(`${where}, "${field}": expected ${expected}, received ${shown(received)}`);

  const isMessage = (it: OfficialMessage) => typeof it?.role === 'string' && typeof it.content === 'string';
  if (!Array.isArray(item.messages) || item.messages.length === 0 || !item.messages.every(isMessage)) {
    throw wrong('messages', 'a list of { role, content }', item.messages);
  }
  if (typeof item.rejected_response !== 'string') {
    throw wrong('rejected_response', 'a text', item.rejected_response);
  }
  if (!Array.isArray(item.quality) || item.quality.length !== 2 || !item.quality.every(Number.isFinite)) {
    throw wrong('quality', 'two numbers', item.quality);
  }
  const count = item.messages.reduce((sum, { content }) => sum + content.split(placeholder).length - 1, 0);
  if (!Array.isArray(item.videos) || item.videos.length !== 2 * count) {
    throw wrong('videos', `${2 * count} paths, two for each <video> of the messages`, item.videos);
  }
  if (count !== 1 || !item.videos.every((path) => typeof path === 'string')) {
    throw wrong('videos', 'one path a side: a pair compares two single videos', item.videos);
  }
  return item;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function clipOf(
  path: string,
  meta: Record<string, unknown>,
  asked: string,
  prompts: OfficialPrompts | undefined,
): Clip {
  const text = (name: string) => (typeof meta[name] === 'string' ? (meta[name] as string) : undefined);
  const known = {
    prompt: text('prompt') ?? (prompts && promptIn(asked, prompts.user)),
    promptId: text('promptId'),
    generator: text('generator'),
  };
  const given = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
  return { id: text('id') ?? path, path, ...given };
}

/** The text in the place of `{prompt}`; undefined where the message does not follow the template. */
function promptIn(message: string, template: string): string | undefined {
  const [before, after] = template.split('{prompt}');
  const asked = message.replace(placeholder, '');
  if (after === undefined || !asked.startsWith(before) || !asked.endsWith(after)) return undefined;
  return asked.slice(before.length, asked.length - after.length);
}

function itemOf(
  { chosen, rejected, kind, dimension }: Pair,
  prompts: OfficialPrompts,
  index: number,
): OfficialItem {
  const asked = (clip: Clip) => {
    if (prompts.user.includes('{prompt}') && clip.prompt === undefined) {
      throw new Error(
        `writeOfficial: pair ${index}: clip "${clip.id}" has no prompt, which the user prompt needs`,
      );
    }
    const text = prompts.user.replaceAll('{prompt}', () => clip.prompt as string);
    if (text.includes(placeholder)) {
      throw new Error(
        `writeOfficial: pair ${index}: the text about clip "${clip.id}" holds ${placeholder} itself`,
      );
    }
    return text + placeholder;
  };
  const system = prompts.system === undefined ? [] : [{ role: 'system', content: prompts.system }];
  // Every item has the same fields: the official reader makes one table of all.
  const meta = ({ id, prompt, promptId, generator }: Clip) => ({
    id,
    prompt: prompt ?? null,
    promptId: promptId ?? null,
    generator: generator ?? null,
    dimension,
  });
  return {
    messages: [...system, { role: 'user', content: asked(chosen) }],
    rejected_response: asked(rejected),
    quality: qualities[kind],
    videos: [chosen.path, rejected.path],
    meta: { positive: meta(chosen), negative: meta(rejected) },
  };
}
