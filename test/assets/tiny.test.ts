import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { drawPhrases, promptText, vocabulary } from '../../src/data/world/prompt.js';
import { assemble, dimensionPrompts, type Piece } from '../../src/model/input/prompt.js';
import { Tokens } from '../../src/model/input/tokens.js';

const dimensions = ['physics', 'deformity', 'alignment'];

describe('the tokenizer of the tiny model', () => {
  let tokens: Tokens;
  beforeAll(async () => {
    tokens = await Tokens.load(fileURLToPath(new URL('../../assets/tiny', import.meta.url)));
  });
  const text = (pieces: Piece[]) => pieces.filter((piece) => typeof piece === 'string').join(' ');

  it('knows each word of the generated world and of the prompts by one token', () => {
    const unknown = tokens.id('<unk>');
    for (const word of [...vocabulary, 'good', 'bad', 'Frame', '7', '?']) {
      const ids = [...tokens.encode([word])];
      expect([word, ids.length, ids.includes(unknown)]).toEqual([word, 1, false]);
    }
    for (const dimension of dimensions) {
      const pieces = assemble(dimensionPrompts(dimension), { id: '', prompt: vocabulary.join(' ') }, [1], 4);
      expect(tokens.encode([text(pieces)])).not.toContain(unknown);
    }
    expect([...tokens.encode(['zebra'])]).toEqual([unknown]);
  });

  it('keeps 8 frames of 4 visual tokens and a prompt of the world within 110 tokens', () => {
    for (let seed = 0; seed < 500; seed++) {
      const prompt = promptText(drawPhrases(new Random(seed)));
      for (const dimension of dimensions) {
        const frames = new Array<number>(8).fill(1);
        const ids = tokens.encode(assemble(dimensionPrompts(dimension), { id: '', prompt }, frames, 4));
        expect(ids.length).toBeLessThanOrEqual(110);
      }
    }
  });
});
