import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { placeholderOf } from '../../src/base/placeholder.js';

const stored = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../cases/lfs-and-html-as-files/${name}`, import.meta.url)));

describe('placeholderOf', () => {
  it.each(['lfs_pointer.mp4', 'lfs.safetensors', 's_lfs.parquet'])(
    'knows a pointer of Git LFS: %s',
    (name) => {
      expect(placeholderOf(stored(name))).toContain('pointer of Git LFS');
    },
  );

  it('knows an HTML page', () => {
    expect(placeholderOf(stored('html_page.mp4'))).toContain('HTML page');
    expect(placeholderOf(Buffer.from('\uFEFF\n<html lang="en">'))).toContain('HTML page');
  });

  it.each(['', 'clip,score', '<htmlish>', '{"version": 1}'])('leaves others alone: %j', (text) => {
    expect(placeholderOf(Buffer.from(text))).toBeUndefined();
  });
});
