import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readVotes } from '../../../src/data/votes/votes.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vote-log-'));
});
afterEach(() => rm(folder, { recursive: true }));

const vote = (id: string, clip: string, annotator: string, pass: unknown, more: object = {}) => ({
  ...{ event: 'vote', id, clip, annotator, dimension: 'physics', pass },
  ...more,
});
const skip = (id: string, clip: string, annotator: string) => ({
  ...{ event: 'skip', id, clip, annotator, dimension: 'physics' },
});
const retract = (id: string, clip: string, annotator: string, retracts: unknown) => ({
  ...{ event: 'retract', id, clip, annotator, dimension: 'physics', retracts },
});

/** Reads the votes of a log with those lines. */
async function read(...lines: (object | string)[]) {
  const file = join(folder, 'votes.jsonl');
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)) + '\n').join('');
  await writeFile(file, text);
  return (await readVotes(file)).objects();
}

describe('readVotes of a vote log', () => {
  it('keeps votes with what is known of the clip, and leaves out skips', async () => {
    const known = { prompt: 'a ball', promptId: 'p', path: 'a.mp4', note: 'late', seconds: 2, queue: 'q' };
    expect(await read(vote('1', 'a', 'Ann', true, known), skip('2', 'b', 'Ann'))).toEqual([
      {
        ...{ clip: 'a', annotator: 'Ann', dimension: 'physics', pass: true, note: 'late' },
        ...{ path: 'a.mp4', prompt: 'a ball', promptId: 'p' },
      },
    ]);
  });

  it('takes back what is retracted, also when it is voted on again', async () => {
    const lines = [vote('1', 'a', 'Ann', true), vote('2', 'a', 'Ben', true), retract('3', 'a', 'Ann', '1')];
    expect(await read(...lines)).toMatchObject([{ annotator: 'Ben', pass: true }]);
    expect(await read(...lines, vote('4', 'a', 'Ann', false))).toMatchObject([
      { annotator: 'Ben', pass: true },
      { annotator: 'Ann', pass: false },
    ]);
  });

  it('counts the last of an annotator on a clip, which may be a skip or an earlier one again', async () => {
    const first = vote('1', 'a', 'Ann', true);
    const second = vote('2', 'a', 'Ann', false);
    const other = vote('0', 'b', 'Ann', true);
    expect(await read(first, second)).toMatchObject([{ clip: 'a', pass: false }]);
    expect(await read(first, second, retract('3', 'a', 'Ann', '2'))).toMatchObject([{ pass: true }]);
    expect(await read(other, first, skip('3', 'a', 'Ann'))).toMatchObject([{ clip: 'b' }]);
  });

  it('counts a line once that is there twice, and passes over lines that were blanked', async () => {
    const lines = [vote('1', 'a', 'Ann', true), '     ', vote('1', 'a', 'Ann', true)];
    expect(await read(...lines)).toHaveLength(1);
    expect(await read(...lines, retract('2', 'a', 'Ann', '1'), vote('3', 'b', 'Ann', true))).toMatchObject([
      { clip: 'b' },
    ]);
  });

  it("takes a clip's latest path", async () => {
    const moved = vote('2', 'a', 'Ben', true, { path: 'new/a.mp4' });
    expect(await read(vote('1', 'a', 'Ann', true, { path: 'old/a.mp4' }), moved)).toMatchObject([
      { path: 'new/a.mp4' },
      { path: 'new/a.mp4' },
    ]);
  });

  const good = vote('1', 'a', 'Ann', true);
  it.each<[string, object | string, string]>([
    ['no JSON', '{"event":"vote","id"', 'votes.jsonl row 2 is not valid JSON'],
    [
      'unknown event',
      { ...good, event: 'like' },
      'row 2, column "event": expected vote, skip or retract, received "like"',
    ],
    ['no event', { clip: 'a' }, 'row 2, column "event": expected vote, skip or retract, received nothing'],
    ['no id', { ...good, id: undefined }, 'row 2, column "id": expected text, received nothing'],
    ['empty clip', { ...good, clip: ' ' }, 'row 2, column "clip": expected text, received " "'],
    ['number for a name', { ...good, annotator: 3 }, 'row 2, column "annotator": expected text, received 3'],
    [
      'word for a vote',
      vote('2', 'a', 'Ann', 'Pass'),
      'row 2, column "pass": expected true or false, received "Pass"',
    ],
    ['list for a note', { ...good, note: [] }, 'row 2, column "note": expected text, received []'],
    [
      'what is retracted',
      retract('2', 'a', 'Ann', 7),
      'row 2, column "retracts": expected the id of an earlier line, received 7',
    ],
  ])('refuses a malformed line: %s', async (_, line, message) => {
    await expect(read(good, line)).rejects.toThrow(message);
  });

  it('refuses a log in which no vote stands', async () => {
    await expect(read(good, retract('2', 'a', 'Ann', '1'))).rejects.toThrow(
      'readVotes: votes.jsonl has no votes: its clips are skipped or their votes retracted',
    );
  });
});
