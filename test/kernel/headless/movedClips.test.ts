import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { movedClips } from '../../../kernel/headless/movedClips.js';
import type { Notebook } from '../../../kernel/headless/notebookFile.js';

const folder = mkdtempSync(join(tmpdir(), 'moved-clips-'));
afterAll(() => rmSync(folder, { recursive: true }));
const [notebooks, clips] = [join(folder, 'notebooks'), join(folder, 'runs', "Ann's clips")];
for (const made of [notebooks, clips]) mkdirSync(made, { recursive: true });
writeFileSync(join(clips, 'a.mp4'), '');

const notebook = (html: string): Notebook => ({
  cells: [
    { cell_type: 'markdown', source: '', metadata: {} },
    {
      cell_type: 'code',
      source: '',
      metadata: {},
      outputs: [
        { output_type: 'stream', name: 'stdout', text: html },
        { output_type: 'display_data', data: { 'text/html': html, 'text/plain': html }, metadata: {} },
      ],
    },
  ],
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5,
});
const pageOf = (videos: readonly string[]) =>
  videos.map((source) => `<video src="${source}" controls></video>`).join('');

it('tells the clips of a page from where the notebook is saved, and nothing else', () => {
  const others = ['data:video/mp4;base64,AA', 'missing.mp4', 'https://host/a.mp4', '/abs/a.mp4', '%zz.mp4'];
  const before = notebook(pageOf(['../runs/Ann&#39;s%20clips/a.mp4', ...others]));
  const kept = structuredClone(before);
  const after = movedClips(before, notebooks, join(folder, 'runs'));
  expect(before).toEqual(kept);
  kept.cells[1].outputs![1].data = {
    'text/html': pageOf(['Ann&#39;s%20clips/a.mp4', ...others]),
    'text/plain': pageOf(['../runs/Ann&#39;s%20clips/a.mp4', ...others]),
  };
  expect(after).toEqual(kept);
  expect(movedClips(before, notebooks, notebooks)).toBe(before);
});
