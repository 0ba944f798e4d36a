import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { shortHost } from '../../src/base/owner.js';
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

  it('deletes the drafts of writers that have ended, and no others', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    const place = join(folder, 'killed');
    mkdirSync(place);
    const draft = (host: string, pid?: number) => `old.txt.${host}-${pid}-01234567.tmp`;
    const others = [draft(shortHost(), process.pid), draft('00000000', child.pid), 'mine.tmp'];
    for (const name of [draft(shortHost(), child.pid), ...others]) writeFileSync(join(place, name), '');
    await replaceFile(join(place, 'a.txt'), (draft) => draft.writeFile('new'));
    expect(readdirSync(place).sort()).toEqual([...others, 'a.txt'].sort());
  });

  it('keeps a link, and writes to what is not a file as it is', async () => {
    const link = join(folder, 'link.txt');
    symlinkSync(file, link);
    await replaceFile(link, (draft) => draft.writeFile('new'));
    expect(content()).toBe('new');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    await replaceFile('/dev/null', (draft) => draft.writeFile('new'));
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});
