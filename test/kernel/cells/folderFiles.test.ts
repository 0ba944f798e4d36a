import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FolderFiles } from '../../../kernel/cells/folderFiles.js';
import { ts } from '../../../kernel/cells/typescript.js';

let folder: string;
let path: string;
const told: [string, number][] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'solireward-files-'));
  path = join(folder, 'a.ts');
  told.length = 0;
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const note = (file: string, kind: number) => void told.push([file, kind]);

it('tells what was made, changed and deleted, when it is asked to and once', () => {
  const files = new FolderFiles(() => false);
  files.watchFile(path, note);
  writeFileSync(path, '1');
  expect(told).toEqual([]);
  files.refresh();
  files.refresh();
  writeFileSync(path, '10');
  files.refresh();
  rmSync(path);
  files.refresh();
  const { Created, Changed, Deleted } = ts.FileWatcherEventKind;
  expect(told).toEqual([
    [path, Created],
    [path, Changed],
    [path, Deleted],
  ]);
});

it('does not look at what stays as it is, nor at what is watched no more', () => {
  const files = new FolderFiles((file) => file === path);
  files.watchFile(path, note);
  const other = join(folder, 'b.ts');
  files.watchFile(other, note).close();
  writeFileSync(path, '1');
  writeFileSync(other, '1');
  files.refresh();
  expect(told).toEqual([]);
});
