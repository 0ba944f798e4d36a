import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readOfficial, writeOfficial } from '../../src/pairing/official.js';
import type { Pair } from '../../src/pairing/pair.js';

const folder = mkdtempSync(join(tmpdir(), 'official-'));
const file = join(folder, 'pairs.json');
afterAll(() => rmSync(folder, { recursive: true }));

const prompts = { system: 'Answer good or bad.', user: 'Does it show "{prompt}"? ' };
const a = { id: 'a', path: 'clips/a.mp4', prompt: 'a $& ball', promptId: '1', generator: 'world' };
const b = { id: 'b', path: 'clips/b.mp4', prompt: 'ein Würfel' };
const pairs: Pair[] = [
  { chosen: a, rejected: b, kind: 'win-lose', dimension: 'alignment' },
  { chosen: b, rejected: a, kind: 'win-tie', dimension: 'alignment' },
  { chosen: a, rejected: b, kind: 'lose-tie', dimension: 'alignment' },
];
const item = {
  messages: [
    { role: 'system', content: 'Answer.' },
    { role: 'user', content: 'Does it show "a cat"? <video>' },
  ],
  rejected_response: 'Does it show "a dog"? <video>',
  quality: [1, 0],
  videos: ['x.mp4', 'y.mp4'],
};
const withItem = (value: unknown) => writeFileSync(file, JSON.stringify(value));

describe('writeOfficial', () => {
  it('writes what readOfficial reads back', async () => {
    await writeOfficial(file, pairs, { prompts });
    const read = await readOfficial(file);
    expect(read.map(({ item: _, ...pair }) => pair)).toEqual(pairs);
  });

  it('writes the official form', async () => {
    await writeOfficial(file, pairs.slice(0, 1), { prompts });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual([
      {
        messages: [
          { role: 'system', content: 'Answer good or bad.' },
          { role: 'user', content: 'Does it show "a $& ball"? <video>' },
        ],
        rejected_response: 'Does it show "ein Würfel"? <video>',
        quality: [1, 0],
        videos: ['clips/a.mp4', 'clips/b.mp4'],
        meta: {
          positive: {
            id: 'a',
            prompt: 'a $& ball',
            promptId: '1',
            generator: 'world',
            dimension: 'alignment',
          },
          negative: {
            id: 'b',
            prompt: 'ein Würfel',
            promptId: null,
            generator: null,
            dimension: 'alignment',
          },
        },
      },
    ]);
  });

  it('refuses no pairs, a missing prompt and a <video> in a text', async () => {
    await expect(writeOfficial(file, [], { prompts })).rejects.toThrow('expected at least one pair');
    const bare = { ...pairs[0], rejected: { id: 'c', path: 'c.mp4' } };
    await expect(writeOfficial(file, [pairs[0], bare], { prompts })).rejects.toThrow(
      'writeOfficial: pair 1: clip "c" has no prompt',
    );
    const odd = { ...pairs[0], chosen: { ...a, prompt: 'a <video> of a ball' } };
    await expect(writeOfficial(file, [odd], { prompts })).rejects.toThrow('pair 0: the text about clip "a"');
  });

  it('leaves an old file as it was when it throws, with nothing beside it', async () => {
    withItem([item]);
    const old = readFileSync(file, 'utf8');
    const bare = { ...pairs[0], rejected: { id: 'c', path: 'c.mp4' } };
    await expect(writeOfficial(file, [pairs[0], bare], { prompts })).rejects.toThrow('pair 1');
    expect(readFileSync(file, 'utf8')).toBe(old);
    expect(readdirSync(folder)).toEqual(['pairs.json']);
  });
});

describe('readOfficial', () => {
  it('takes a foreign file: the path is the id, the prompt is found by the template', async () => {
    withItem([item, { ...item, quality: [0.5, 0.5] }, { ...item, quality: [0, 0] }]);
    const read = await readOfficial(file, { dimension: 'alignment', prompts });
    expect(read[0]).toEqual({
      chosen: { id: 'x.mp4', path: 'x.mp4', prompt: 'a cat' },
      rejected: { id: 'y.mp4', path: 'y.mp4', prompt: 'a dog' },
      kind: 'win-lose',
      dimension: 'alignment',
      item,
    });
    expect(read.map(({ kind }) => kind)).toEqual(['win-lose', 'win-tie', 'lose-tie']);
  });

  it('leaves the prompt out where the message does not follow the template', async () => {
    withItem([item]);
    const [plain] = await readOfficial(file, { prompts: { user: 'Rate "{prompt}".' } });
    expect(plain.chosen).toEqual({ id: 'x.mp4', path: 'x.mp4' });
    expect(plain.dimension).toBe('quality');
  });

  const { quality: _, ...unrated } = item;
  it.each([
    ['{"a": 1}', 'expected a list, received an object'],
    ['[]', 'expected at least one item'],
    ['[', 'is not valid JSON'],
    ['[3]', 'item 0: expected an object, received a number'],
    [JSON.stringify([item, unrated]), 'item 1: the field "quality" is missing'],
    [JSON.stringify([{ ...item, quality: [1] }]), 'item 0, "quality": expected two numbers, received [1]'],
    [
      JSON.stringify([{ ...item, messages: 'hi' }]),
      'item 0, "messages": expected a list of { role, content }',
    ],
    [JSON.stringify([{ ...item, rejected_response: 1 }]), 'item 0, "rejected_response": expected a text'],
    [JSON.stringify([{ ...item, videos: ['x.mp4'] }]), 'item 0, "videos": expected 2 paths'],
    [
      JSON.stringify([
        { ...item, messages: [{ role: 'user', content: '<video><video>' }], videos: ['1', '2', '3', '4'] },
      ]),
      'item 0, "videos": expected one path a side',
    ],
  ])('refuses %s', async (text, message) => {
    writeFileSync(file, text);
    const reading = readOfficial(file);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toThrow(`readOfficial: ${file}`);
  });
});
