import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FolderFiles } from '../../../kernel/cells/folderFiles.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'solireward-files-'));
  path = join(folder, 'a.ts');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const parse = (text: string) => ({ text });

it('reads a file once for each state that it has, and looks at it when it is asked to', () => {
  const files = new FolderFiles<{ text: string }>(() => false);
  writeFileSync(path, '\uFEFF1');
  const first = files.read(path, parse);
  expect(first).toEqual({ text: '1' });
  expect(files.refresh()).toBe('nothing');
  expect(files.read(path, parse)).toBe(first);
  writeFileSync(path, '10');
  expect(files.read(path, parse)).toBe(first);
  expect(files.refresh()).toBe('changes');
  expect(files.read(path, parse)).toEqual({ text: '10' });
  expect(files.refresh()).toBe('nothing');
});

it('tells when a file is gone, and finds one that comes', () => {
  const files = new FolderFiles<{ text: string }>(() => false);
  expect(files.read(path, parse)).toBeUndefined();
  mkdirSync(join(folder, 'folder.ts'));
  expect(files.read(join(folder, 'folder.ts'), parse)).toBeUndefined();
  writeFileSync(path, '1');
  expect(files.read(path, parse)).toEqual({ text: '1' });
  rmSync(path);
  expect(files.refresh()).toBe('something is gone');
  expect(files.read(path, parse)).toBeUndefined();
  expect(files.refresh()).toBe('nothing');
});

it('does not look again at what stays as it is', () => {
  const files = new FolderFiles<{ text: string }>(() => true);
  writeFileSync(path, '1');
  const first = files.read(path, parse);
  writeFileSync(path, '10');
  expect(files.refresh()).toBe('nothing');
  expect(files.read(path, parse)).toBe(first);
});
