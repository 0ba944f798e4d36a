import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { placeholderOf } from '../../base/placeholder.js';
import type { Piece } from './prompt.js';
import { qwenTokenizer } from './qwenTokenizer.js';

/**
 * The files that make a tokenizer, as the official checkpoints name them, and those of the processor: nothing reads
 * them here, but a Qwen-VL model that is saved without them is none for the official loader.
 */
const fileNames = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'vocab.json',
  'merges.txt',
  'chat_template.jinja',
  'preprocessor_config.json',
  'video_preprocessor_config.json',
  'processor_config.json',
];

interface TokenizerJson {
  added_tokens?: { content: string; id: number }[];
}

interface TokenizerConfig {
  added_tokens_decoder?: Record<string, { content: string }>;
  pad_token?: string | { content: string } | null;
  eos_token?: string | { content: string } | null;
}

/**
 * A checkpoint's tokenizer. Special tokens enter a sequence by their ids only: text is encoded as text, whatever
 * it contains. For text without special tokens the ids are those of the official code.
 */
export class Tokens {
  /** Id that fills a shorter sequence: the pad token, else the end token, else 0. */
  readonly padId: number;
  private readonly plain: Tokenizer;
  private readonly special: Map<string, number>;

  private constructor(
    /** The tokenizer's files by name, as they are saved with a model. */
    readonly files: ReadonlyMap<string, Uint8Array>,
    json: TokenizerJson,
    config: TokenizerConfig,
  ) {
    // Some checkpoints list a special token in one of the two files only.
    const decoder = Object.entries(config.added_tokens_decoder ?? {});
    this.special = new Map(decoder.map(([id, { content }]) => [content, Number(id)]));
    for (const { content, id } of json.added_tokens ?? []) this.special.set(content, id);
    this.plain = new Tokenizer({ ...json, added_tokens: [] }, config);
    const pad = [config.pad_token, config.eos_token].map(tokenText).find((token) => token !== undefined);
    this.padId = pad === undefined ? 0 : this.id(pad);
  }

  /**
   * Reads a folder's `tokenizer_config.json` and `tokenizer.json` (or a Qwen2 tokenizer's `vocab.json` and
   * `merges.txt` where that is missing).
   * @throws with the path of a file that is missing or is not a tokenizer.
   */
  static async load(folder: string): Promise<Tokens> {
    const present = await readdir(folder).catch((error: Error) => {
      throw new Error(`Tokens.load: cannot read the folder ${folder}: ${error.message}`);
    });
    const files = new Map<string, Uint8Array>();
    for (const name of fileNames) {
      if (present.includes(name)) files.set(name, await readFile(join(folder, name)));
    }
    const config = read(folder, 'tokenizer_config.json', files, JSON.parse);
    const json = isOldQwen(files)
      ? read(folder, 'vocab.json', files, (vocab) => qwenTokenizer(vocab, utf8(files.get('merges.txt')!)))
      : read(folder, 'tokenizer.json', files, JSON.parse);
    try {
      return new Tokens(files, json, config);
    } catch (error) {
      throw new Error(`Tokens.load: the tokenizer in ${folder} does not work: ${(error as Error).message}`);
    }
  }

  /** One more than the largest id. */
  get size(): number {
    let size = this.plain.get_vocab().size;
    for (const id of this.special.values()) size = Math.max(size, id + 1);
    return size;
  }

  /**
   * Id of one token by its exact text, special or of the vocabulary.
   * @throws when there is none.
   */
  id(token: string): number {
    const id = this.find(token);
    if (id === undefined) throw new Error(`the tokenizer has no token "${token}"`);
    return id;
  }

  /** Id of one token by its exact text; undefined when there is none. */
  find(token: string): number | undefined {
    return this.special.get(token) ?? this.plain.token_to_id(token);
  }

  /** Ids of a sequence of pieces; neighbouring texts are encoded as one text. */
  encode(pieces: readonly Piece[]): Int32Array {
    const ids: number[] = [];
    let text = '';
    const flush = () => {
      if (text !== '')
        for (const id of this.plain.encode(text, { add_special_tokens: false }).ids) ids.push(id);
      text = '';
    };
    for (const piece of pieces) {
      if (typeof piece === 'string') {
        text += piece;
        continue;
      }
      flush();
      const id = this.id(piece.token);
      for (let i = 0; i < piece.times; i++) ids.push(id);
    }
    flush();
    return Int32Array.from(ids);
  }
}

function tokenText(token: string | { content: string } | null | undefined): string | undefined {
  return typeof token === 'object' ? token?.content : token;
}

function isOldQwen(files: ReadonlyMap<string, Uint8Array>): boolean {
  return !files.has('tokenizer.json') && files.has('vocab.json') && files.has('merges.txt');
}

function read<T>(
  folder: string,
  name: string,
  files: ReadonlyMap<string, Uint8Array>,
  parse: (text: string) => T,
): T {
  const bytes = files.get(name);
  if (!bytes) throw new Error(`Tokens.load: ${join(folder, name)} is missing; a model needs its tokenizer`);
  const placeholder = placeholderOf(bytes);
  if (placeholder) throw new Error(`Tokens.load: ${join(folder, name)} ${placeholder}`);
  try {
    return parse(utf8(bytes));
  } catch (error) {
    throw new Error(`Tokens.load: cannot read ${join(folder, name)}: ${(error as Error).message}`);
  }
}

function utf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
