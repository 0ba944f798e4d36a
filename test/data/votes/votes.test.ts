import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { from, toArrowIPC } from 'arquero';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readVotes, type VoteRow, votesTable, writeVotes } from '../../../src/data/votes/votes.js';

const rows: VoteRow[] = [
  { clip: 'a', annotator: 'x', dimension: 'physics', pass: true, prompt: 'a ball, red', promptId: '1' },
  { clip: 'a', annotator: 'y', dimension: 'physics', pass: false, prompt: 'a ball, red', promptId: '1' },
  { clip: 'b', annotator: 'x', dimension: 'physics', pass: true, prompt: 'say "hi"\nloud', promptId: '2' },
];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'votes-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

/** Reads a file of that content. */
async function read(name: string, content: string | Uint8Array, options?: { threshold?: number }) {
  return (await readVotes(await fileOf(name, content), options)).objects();
}

const header = 'clip,annotator,dimension,pass\n';

describe('readVotes', () => {
  it.each(['csv', 'tsv', 'json', 'jsonl', 'ndjson', 'arrow'])(
    'reads back what is written: %s',
    async (ext) => {
      const file = join(folder, `votes.${ext}`);
      await writeVotes(file, votesTable(rows));
      const votes = await readVotes(file);
      expect(votes.objects()).toEqual(rows);
      expect(votes.columnNames()).toEqual(['clip', 'annotator', 'dimension', 'pass', 'prompt', 'promptId']);
      expect(await readdir(folder)).toEqual([`votes.${ext}`]);
    },
  );

  it('reads Pass and Fail in the usual words', async () => {
    for (const [passing, failing] of [
      ['pass', 'fail'],
      ['Pass', 'FAIL'],
      ['true', 'False'],
      ['1', '0'],
      ['YES', 'no'],
    ]) {
      const found = await read('v.csv', `${header}a,x,d,${passing}\nb,x,d,${failing}\n`);
      expect(found).toMatchObject([{ pass: true }, { pass: false }]);
    }
    const json = [1, true, 'yes', 0].map((pass, i) => ({ clip: i, annotator: 'x', dimension: 'd', pass }));
    expect(await read('v.json', JSON.stringify(json))).toMatchObject([
      { clip: '0', pass: true },
      { clip: '1', pass: true },
      { clip: '2', pass: true },
      { clip: '3', pass: false },
    ]);
  });

  it('passes ratings from the threshold on, and keeps them', async () => {
    const csv = 'video,annotator,dimension,rating,prompt_id\nv.mp4,x,d,3,7\nv.mp4,y,d,4,7\nw.mp4,x,d,4.5,8\n';
    expect(await read('v.csv', csv, { threshold: 4 })).toEqual([
      { clip: 'v.mp4', annotator: 'x', dimension: 'd', pass: false, rating: 3, promptId: '7' },
      { clip: 'v.mp4', annotator: 'y', dimension: 'd', pass: true, rating: 4, promptId: '7' },
      { clip: 'w.mp4', annotator: 'x', dimension: 'd', pass: true, rating: 4.5, promptId: '8' },
    ]);
  });

  it('reads Arrow of other makers, with dictionaries and numbers', async () => {
    const arrow = toArrowIPC(
      from([
        { clip: 'a', annotator: 1, dimension: 'd', pass: 'Pass' },
        { clip: 'b', annotator: 1, dimension: 'd', pass: 'Fail' },
      ]),
      { format: 'stream' },
    ) as Uint8Array;
    expect(await read('v.arrow', arrow)).toEqual([
      { clip: 'a', annotator: '1', dimension: 'd', pass: true },
      { clip: 'b', annotator: '1', dimension: 'd', pass: false },
    ]);
  });

  it('counts the same vote once, fills in what other rows know of a clip, passes over blank lines', async () => {
    const csv = '\uFEFFclip,annotator,dimension,pass,path\r\na,x,d,1,\r\n\r\na,x,d,1,\r\na,y,d,1,a.mp4\r\n';
    expect(await read('v.csv', csv)).toEqual([
      { clip: 'a', annotator: 'x', dimension: 'd', pass: true, path: 'a.mp4' },
      { clip: 'a', annotator: 'y', dimension: 'd', pass: true, path: 'a.mp4' },
    ]);
  });

  const good = `${header}a,x,d,pass\n`;
  it.each<[string, string, string, string, number?]>([
    [
      'unknown word',
      'v.csv',
      `${good}b,x,d,maybe\n`,
      'v.csv row 2, column "pass": expected Pass/Fail, true/false, yes/no or 1/0, received "maybe"',
    ],
    [
      'NaN',
      'v.csv',
      `${good}b,x,d,NaN\n`,
      'row 2, column "pass": expected Pass/Fail, true/false, yes/no or 1/0, received "NaN"',
    ],
    ['number other than 0 and 1', 'v.csv', `${good}b,x,d,4\n`, 'row 2, column "pass"'],
    ['empty clip', 'v.csv', `${good} ,x,d,pass\n`, 'row 2, column "clip": expected text, received " "'],
    ['clip NaN', 'v.csv', `${good}nan,x,d,pass\n`, 'row 2, column "clip": expected text, received "nan"'],
    [
      'empty video',
      'v.csv',
      'video,annotator,dimension,pass\n,x,d,1\n',
      'row 1, column "video": expected text, received ""',
    ],
    ['empty annotator', 'v.csv', `${good}b,,d,pass\n`, 'row 2, column "annotator"'],
    ['empty dimension', 'v.csv', `${good}b,x,,pass\n`, 'row 2, column "dimension"'],
    [
      'contradiction',
      'v.csv',
      `${good}a,x,d,fail\n`,
      'row 2, column "pass": expected the earlier vote of "x" on "a", d: true, received "fail"',
    ],
    ['row after a blank line', 'v.csv', `${good}\nb,x,d,maybe\n`, 'row 2, column "pass"'],
    [
      'two prompts of a clip',
      'v.csv',
      'clip,annotator,dimension,pass,promptId\na,x,d,1,p\na,y,d,1,q\n',
      'row 2, column "promptId": expected "p", as in an earlier row of clip "a", received "q"',
    ],
    [
      'missing column',
      'v.csv',
      'clip,annotator,pass\na,x,1\n',
      'v.csv has no column "dimension"; it has clip, annotator, pass',
    ],
    ['no annotator', 'v.csv', 'clip,dimension,pass\na,d,1\n', 'v.csv has no column "annotator"; it has clip'],
    [
      'scores',
      'v.csv',
      'clip,hpsv2,pass\na,0.31,1\nb,0.24,0\n',
      'v.csv has no column "annotator"; it looks like scores: read them by sr.data.readScores; it has clip, hpsv2, pass',
    ],
    [
      'both names of a column',
      'v.csv',
      'clip,video,annotator,dimension,pass\na,a,x,d,1\n',
      'both columns "clip" and "video"',
    ],
    ['column twice', 'v.csv', 'clip,clip,annotator,dimension,pass\na,a,x,d,1\n', 'two columns "clip"'],
    [
      'too many fields',
      'v.csv',
      `${good}b,x,d,pass,1\n`,
      'row 2: expected 4 fields (clip, annotator, dimension, pass), received 5',
    ],
    [
      'too few fields',
      'v.tsv',
      'clip\tannotator\tdimension\tpass\na\tx\td\n',
      'v.tsv row 1: expected 4 fields',
    ],
    ['empty file', 'v.csv', '', 'v.csv has no rows'],
    ['header alone', 'v.csv', header, 'v.csv has no rows'],
    ['empty array', 'v.json', '[]', 'v.json has no rows'],
    ['JSON cut off', 'v.json', '[{"clip":', 'v.json is not valid JSON'],
    ['JSON object', 'v.json', '{"clip":"a"}', 'expected an array of objects'],
    ['JSON of numbers', 'v.json', '[3]', 'row 1: expected an object, received 3'],
    [
      'JSON null',
      'v.json',
      '[{"clip":null,"annotator":"x","dimension":"d","pass":true}]',
      'row 1, column "clip": expected text, received null',
    ],
    [
      'JSON key left out',
      'v.json',
      '[{"clip":"a","annotator":"x","dimension":"d","pass":true},{"clip":"b","annotator":"x","dimension":"d"}]',
      'row 2, column "pass": expected Pass/Fail, true/false, yes/no or 1/0, received nothing',
    ],
    [
      'JSON list as clip',
      'v.json',
      '[{"clip":["a"],"annotator":"x","dimension":"d","pass":true}]',
      'column "clip": expected text, received ["a"]',
    ],
    [
      'JSON line cut off',
      'v.jsonl',
      '{"clip":"a","annotator":"x","dimension":"d","pass":1}\n{"clip"',
      'v.jsonl row 2 is not valid JSON',
    ],
    ['no Arrow', 'v.arrow', 'abc', 'v.arrow is not a valid Arrow IPC file'],
    ['unknown extension', 'v.xlsx', '', 'v.xlsx; give a file that ends in .csv'],
    ['ratings without threshold', 'v.csv', 'clip,annotator,dimension,rating\na,x,d,3\n', 'give a threshold'],
    ['threshold without ratings', 'v.csv', good, 'no column "rating"', 3],
    [
      'rating that is not a number',
      'v.csv',
      'clip,annotator,dimension,rating\na,x,d,good\n',
      'row 1, column "rating": expected a finite number, received "good"',
      3,
    ],
    [
      'rating NaN',
      'v.csv',
      'clip,annotator,dimension,rating\na,x,d,NaN\n',
      'column "rating": expected a finite number, received "NaN"',
      3,
    ],
    [
      'blank rating',
      'v.csv',
      'clip,annotator,dimension,rating\na,x,d,\n',
      'column "rating": expected a finite number, received ""',
      3,
    ],
    [
      'infinite rating',
      'v.csv',
      'clip,annotator,dimension,rating\na,x,d,Infinity\n',
      'expected a finite number',
      3,
    ],
    [
      'contradicting ratings',
      'v.csv',
      'clip,annotator,dimension,rating\na,x,d,4\na,x,d,5\n',
      'row 2, column "rating": expected the earlier vote of "x" on "a", d: 4, received "5"',
      3,
    ],
    ['threshold NaN', 'v.csv', good, 'threshold must be a finite number, received NaN', Number.NaN],
  ])('refuses: %s', async (_, name, content, message, threshold) => {
    await expect(read(name, content, { threshold })).rejects.toThrow(message);
  });

  it('refuses a file that is not there', async () => {
    await expect(readVotes(join(folder, 'none.csv'))).rejects.toThrow(/readVotes: cannot read .*none.csv/);
  });
});

describe('votesTable', () => {
  it('refuses malformed rows, and none', () => {
    expect(() => votesTable([])).toThrow('votesTable: the list has no rows');
    const twice = [rows[0], { ...rows[0], pass: false }];
    expect(() => votesTable(twice)).toThrow(/row 2, column "pass": expected the earlier vote of "x"/);
    expect(() => votesTable([{ ...rows[0], rating: Number.POSITIVE_INFINITY }])).toThrow(
      'row 1, column "rating": expected a finite number, received Infinity',
    );
  });
});

describe('writeVotes', () => {
  it('refuses what is not a votes table, and an unknown format, and writes nothing', async () => {
    await expect(writeVotes(join(folder, 'v.csv'), from([{ clip: 'a' }]))).rejects.toThrow(
      'writeVotes: the table has no column "annotator"',
    );
    await expect(writeVotes(join(folder, 'v.txt'), votesTable(rows))).rejects.toThrow(/unknown extension/);
    expect(await readdir(folder)).toEqual([]);
  });
});
