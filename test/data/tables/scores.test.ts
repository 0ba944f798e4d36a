import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readScores } from '../../../src/data/tables/scores.js';

describe('readScores', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scores-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function read(name: string, content: string) {
    await writeFile(join(folder, name), content);
    return readScores(join(folder, name));
  }

  it('reads scores and the other columns by what they hold', async () => {
    const csv =
      'pass,video,score,promptId,dimension,seconds,note,gap\nFail,a,-1.5e-3,1,physics,2,x,\nPass,b,2,1,physics,3.5,4,1\n';
    const scores = await read('s.csv', csv);
    expect(scores.columnNames().slice(0, 2)).toEqual(['clip', 'score']);
    const same = { promptId: '1', dimension: 'physics' };
    expect(scores.objects()).toEqual([
      { clip: 'a', score: -0.0015, pass: false, seconds: 2, note: 'x', gap: undefined, ...same },
      { clip: 'b', score: 2, pass: true, seconds: 3.5, note: '4', gap: '1', ...same },
    ]);
  });

  it('reads JSON Lines', async () => {
    const scores = await read(
      's.jsonl',
      '{"clip":"a","score":1,"pass":true}\n{"clip":"b","score":0,"pass":false}\n',
    );
    expect(scores.objects()).toEqual([
      { clip: 'a', score: 1, pass: true },
      { clip: 'b', score: 0, pass: false },
    ]);
  });

  it.each([
    [
      'NaN',
      'clip,score\na,1\nb,NaN\n',
      's.csv row 2, column "score": expected a finite number, received "NaN"',
    ],
    ['infinite', 'clip,score\na,-inf\n', 'received "-inf"'],
    ['infinite number', 'clip,score\na,Infinity\n', 'expected a finite number, received "Infinity"'],
    ['blank', 'clip,score\na,\n', 'column "score": expected a finite number, received ""'],
    ['word', 'clip,score\na,good\n', 'received "good"'],
    ['no clip', 'clip,score\n,1\n', 'row 1, column "clip": expected text'],
    ['unknown label', 'clip,score,pass\na,1,maybe\n', 'row 1, column "pass": expected Pass/Fail'],
    ['no score column', 'clip,value\na,1\n', 's.csv has no column "score"; it has clip, value'],
    ['no clip column', 'score\n1\n', 'no column "clip"'],
    ['no rows', 'clip,score\n', 's.csv has no rows'],
  ])('refuses: %s', async (_, content, message) => {
    await expect(read('s.csv', content)).rejects.toThrow(`${message}`);
  });

  it('refuses an unknown extension', async () => {
    await expect(readScores('scores.xls')).rejects.toThrow(/readScores: unknown extension of scores.xls/);
  });
});
