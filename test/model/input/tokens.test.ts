import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Piece } from '../../../src/model/input/prompt.js';
import { Tokens } from '../../../src/model/input/tokens.js';
import { goldenPath } from '../../support/goldenFolder.js';

const checkpoint = goldenPath('checkpoints', 'internvl3-tiny');

/** Splits a text at the fixtures' special tokens, as the official tokenizer reads it. */
function pieces(text: string, special: string[]): Piece[] {
  const escaped = special.map((token) => token.replace(/[|\\/<>]/g, '\\$&')).join('|');
  return text
    .split(new RegExp(`(${escaped})`))
    .map((part) => (special.includes(part) ? { token: part, times: 1 } : part));
}

describe('Tokens', () => {
  let tokens: Tokens;
  let golden: {
    tokenizer_cases: { text: string; ids: number[] }[];
    good_token_id: number;
    bad_token_id: number;
    pad_token_id: number;
  };
  let special: string[];

  beforeAll(async () => {
    tokens = await Tokens.load(checkpoint);
    golden = JSON.parse(await readFile(join(checkpoint, 'io.json'), 'utf8'));
    special = Object.keys(JSON.parse(await readFile(join(checkpoint, 'added_tokens.json'), 'utf8')));
  });

  it('finds good, bad and the padding token', () => {
    expect(tokens.find('good')).toBe(golden.good_token_id);
    expect(tokens.find('bad')).toBe(golden.bad_token_id);
    expect(tokens.padId).toBe(golden.pad_token_id);
    expect(tokens.find('no such token')).toBeUndefined();
    expect(() => tokens.id('<nothing>')).toThrow('no token "<nothing>"');
  });

  it('keeps text that looks like a special token as text', () => {
    for (const token of special) {
      expect([...tokens.encode([token])]).not.toContain(tokens.id(token));
    }
    const letters = golden.tokenizer_cases.find(({ text }) => text === '<IMG_CONTEXT')!.ids;
    expect([...tokens.encode(['<IMG_CONTEXT>'])]).toEqual([...letters, tokens.id('>')]);
  });

  it('reads the older files of a Qwen tokenizer', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tokens-'));
    for (const name of ['vocab.json', 'merges.txt', 'tokenizer_config.json']) {
      await writeFile(join(folder, name), await readFile(join(checkpoint, name)));
    }
    const old = await Tokens.load(folder);
    for (const { text, ids } of golden.tokenizer_cases) {
      expect([...old.encode(pieces(text, special))], JSON.stringify(text)).toEqual(ids);
    }
    await rm(folder, { recursive: true });
  });

  it('pads with the end token, else with 0, when there is no padding token', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tokens-'));
    const config = JSON.parse(await readFile(join(checkpoint, 'tokenizer_config.json'), 'utf8'));
    const load = async (changes: object) => {
      await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify({ ...config, ...changes }));
      return Tokens.load(folder);
    };
    await writeFile(join(folder, 'tokenizer.json'), await readFile(join(checkpoint, 'tokenizer.json')));
    expect((await load({ pad_token: null })).padId).toBe(tokens.id('<|im_end|>'));
    expect((await load({ pad_token: { content: '<|im_start|>' } })).padId).toBe(tokens.id('<|im_start|>'));
    expect((await load({ pad_token: null, eos_token: null })).padId).toBe(0);
    await expect(load({ pad_token: '<none>' })).rejects.toThrow(/no token "<none>"/);
    await rm(folder, { recursive: true });
  });

  it('encodes neighbouring texts as one', () => {
    expect([...tokens.encode(['go', 'od'])]).toEqual([tokens.id('good')]);
  });
});

describe('Tokens.load', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tokens-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('names what is missing or broken', async () => {
    await expect(Tokens.load(join(folder, 'nowhere'))).rejects.toThrow(/nowhere/);
    await expect(Tokens.load(folder)).rejects.toThrow(/tokenizer_config\.json is missing/);
    await writeFile(join(folder, 'tokenizer_config.json'), '{}');
    await expect(Tokens.load(folder)).rejects.toThrow(/tokenizer\.json is missing/);
    await writeFile(join(folder, 'tokenizer.json'), '{"model": ');
    await expect(Tokens.load(folder)).rejects.toThrow(/cannot read .*tokenizer\.json: .*JSON/);
    await writeFile(join(folder, 'tokenizer.json'), '{}');
    await expect(Tokens.load(folder)).rejects.toThrow(/the tokenizer in .*tokens-.* does not work/);
  });
});
