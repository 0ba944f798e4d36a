import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { replaceFile } from '../../src/base/replaceFile.js';

const folder = mkdtempSync(join(tmpdir(), 'replace-'));
const file = join(folder, 'a.txt');
const content = () => readFileSync(file, 'utf8');
beforeEach(() => writeFileSync(file, 'old'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('replaceFile', () => {
  it('shows the old file until the new one is complete', async () => {
    await replaceFile(file, async (draft) => {
      await draft.writeFile('new, ');
      expect(content()).toBe('old');
      await draft.writeFile('and whole');
    });
    expect(content()).toBe('new, and whole');
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  it('takes a stream, which closes the draft itself', async () => {
    await replaceFile(file, (draft) => pipeline(Readable.from(['a', 'b']), draft.createWriteStream()));
    expect(content()).toBe('ab');
  });

  it.each([
    ['before the first byte', []],
    ['after some bytes', ['a', 'b']],
  ])('leaves the old file alone when a stream fails %s', async (_, chunks) => {
    function* failing() {
      yield* chunks;
      throw new Error('no more');
    }
    const written = replaceFile(file, (draft) =>
      pipeline(Readable.from(failing()), draft.createWriteStream()),
    );
    await expect(written).rejects.toThrow('no more');
    expect(content()).toBe('old');
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  it('keeps two writers of one file apart', async () => {
    const texts = ['1'.repeat(1e6), '2'.repeat(1e6)];
    await Promise.all(texts.map((text) => replaceFile(file, (draft) => draft.writeFile(text))));
    expect(texts).toContain(content());
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  it('throws where the folder is missing or the place is a folder, and leaves no draft', async () => {
    const write = () => Promise.resolve();
    await expect(replaceFile(join(folder, 'none', 'a.txt'), write)).rejects.toThrow('ENOENT');
    await expect(replaceFile(folder, write)).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });
});
