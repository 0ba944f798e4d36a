import { resolve } from 'node:path';
import { entriesOf } from '../data/tables/entries.js';
import { isMissing, shown } from '../data/tables/vocabulary.js';

/** One item of an inference file. */
export interface Item {
  /** Its place in the file, from 0. */
  index: number;
  /** Its fields, which go to the output as they are; none where it is not an object. */
  fields: Record<string, unknown>;
  /** Bytes that it takes in the file. */
  size: number;
  /** Absolute path of its clip, and the text that the clip was generated from. */
  path?: string;
  prompt?: string;
  /** Why it cannot be scored, where that is known before its clip is read. */
  fault?: string;
}

/** The items of an inference file, which are read from it each time: they need not fit into memory. */
export interface Items {
  total: number;
  /** @throws when the file has another number of items than before. */
  read(): AsyncGenerator<Item>;
}

/** Fields that the output adds; `score` is not among them, since the official code overwrites it, too. */
const reserved = ['index', 'error'];

/**
 * Checks and counts the items of an inference file: a JSON list of objects, JSON Lines or any other table (`readColumns`).
 * The clip is `video_path`, else `input.video_local_path` (a key with a dot), relative to the working directory; the prompt
 * the first of `prompt`, `input.prompt` and `caption` that is not empty. An item that has no clip has a `fault`, and the
 * others are scored. Source: official implementation, inference file.
 * @throws naming the file when it is not a JSON list, or an item has a field that the output uses.
 */
export async function openItems(file: string): Promise<Items> {
  let total = 0;
  for await (const _ of itemsOf(file)) total++;
  return {
    total,
    async *read() {
      let count = 0;
      for await (const item of itemsOf(file)) {
        if (++count <= total) yield item;
      }
      if (count !== total) {
        throw new Error(
          `score: ${file} had ${total} items and has ${count} now; leave it unchanged while it is scored`,
        );
      }
    },
  };
}

async function* itemsOf(file: string): AsyncGenerator<Item> {
  let index = 0;
  for await (const { value, size } of entriesOf('score', file)) {
    yield { size, ...itemOf(file, value, index++) };
  }
}

/** @param folder where relative paths begin. Default: the working directory. @throws as `openItems`. */
export function itemOf(file: string, item: unknown, index: number, folder = ''): Omit<Item, 'size'> {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    return { index, fields: {}, fault: `expected an object, received ${shown(item)}` };
  }
  const fields = item as Record<string, unknown>;
  const taken = reserved.find((name) => Object.hasOwn(fields, name));
  if (taken) {
    throw new Error(
      `score: ${file} item ${index} has the field "${taken}", which the output uses; rename it`,
    );
  }
  const given = (...names: string[]) => names.map((name) => fields[name]).find((value) => !isMissing(value));
  const path = given('video_path', 'input.video_local_path');
  if (typeof path !== 'string') {
    return { index, fields, fault: 'no clip: neither "video_path" nor "input.video_local_path" is a text' };
  }
  const prompt = given('prompt', 'input.prompt', 'caption');
  return {
    index,
    fields,
    path: resolve(folder, path),
    prompt: typeof prompt === 'string' ? prompt : undefined,
  };
}
