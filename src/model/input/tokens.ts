import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import type { Piece } from './prompt.js';

/** The files that make a tokenizer, as the official checkpoints name them; the first two are needed. */
const fileNames = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'vocab.json',
  'merges.txt',
  'chat_template.jinja',
];

interface TokenizerJson {
  added_tokens?: { content: string; id: number }[];
}

interface TokenizerConfig {
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
  private readonly text: Tokenizer;
  private readonly special: Map<string, number>;

  private constructor(
    /** The tokenizer's files by name, as they are saved with a model. */
    readonly files: ReadonlyMap<string, Uint8Array>,
    json: TokenizerJson,
    config: TokenizerConfig,
  ) {
    const added = json.added_tokens ?? [];
    this.special = new Map(added.map(({ content, id }) => [content, id]));
    this.text = new Tokenizer({ ...json, added_tokens: [] }, config);
    const pad = [config.pad_token, config.eos_token].map(tokenText).find((token) => token !== undefined);
    this.padId = pad === undefined ? 0 : this.id(pad);
  }

  /**
   * Reads `tokenizer.json` and `tokenizer_config.json` of a folder.
   * @throws with the path of a file that is missing or is no tokenizer.
   */
  static async load(folder: string): Promise<Tokens> {
    const present = await readdir(folder).catch((error: Error) => {
      throw new Error(`Tokens.load: cannot read the folder ${folder}: ${error.message}`);
    });
    const files = new Map<string, Uint8Array>();
    for (const name of fileNames) {
      if (present.includes(name)) files.set(name, await readFile(join(folder, name)));
    }
    const [json, config] = fileNames.slice(0, 2).map((name) => parseJson(folder, name, files.get(name)));
    try {
      return new Tokens(files, json, config);
    } catch (error) {
      throw new Error(`Tokens.load: ${join(folder, fileNames[0])}: ${(error as Error).message}`);
    }
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
    return this.special.get(token) ?? this.text.token_to_id(token);
  }

  /** Ids of a sequence of pieces; neighbouring texts are encoded as one text. */
  encode(pieces: readonly Piece[]): Int32Array {
    const ids: number[] = [];
    let text = '';
    const flush = () => {
      if (text !== '') ids.push(...this.text.encode(text, { add_special_tokens: false }).ids);
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

function parseJson(folder: string, name: string, bytes: Uint8Array | undefined) {
  const path = join(folder, name);
  if (!bytes) {
    throw new Error(
      `Tokens.load: ${path} is missing; a model folder needs ${fileNames[0]} and ${fileNames[1]}`,
    );
  }
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new Error(`Tokens.load: ${path} is not JSON: ${(error as Error).message}`);
  }
}
