import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromArrow, toArrowIPC, toCSV } from 'arquero';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ReadScoresOptions, readScores } from '../../../src/data/tables/readScores.js';
import { readScoredClips } from '../../../src/data/tables/scoredClips.js';
import { writeTable } from '../../../src/data/tables/tableFile.js';
import { insideNotebook } from '../../support/fakeHost.js';
import { describeShared, shared } from '../../support/shared.js';

const stored = (name: string) => fileURLToPath(new URL(`../../cases/${name}`, import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scores-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function read(name: string, content: string, options?: ReadScoresOptions) {
  await writeFile(join(folder, name), content);
  return readScores(join(folder, name), options);
}

describe('readScores', () => {
  it('reads scores and the other columns by what they hold', async () => {
    const csv =
      'pass,video,score,promptId,dimension,seconds,note,gap\nFail,a,-1.5e-3,1,physics,2,x,\nPass,b,2,1,physics,3.5,4,1\n';
    const scores = await read('s.csv', csv);
    expect(scores.columnNames().slice(0, 3)).toEqual(['clip', 'score', 'pass']);
    const same = { promptId: '1', dimension: 'physics' };
    expect(scores.objects()).toEqual([
      { clip: 'a', score: -0.0015, pass: false, seconds: 2, note: 'x', gap: undefined, ...same },
      { clip: 'b', score: 2, pass: true, seconds: 3.5, note: '4', gap: 1, ...same },
    ]);
  });

  it('gives lists of texts that are made when they are asked for, to arquero as well', async () => {
    const csv = 'clip,score,generator,note\na,1,x,雪\nb,,y,"say ""so"""\nc,3,,n3\nd,2,x,雪\n';
    const scores = await read('s.csv', csv);
    expect(scores.array('clip')).toEqual(['a', 'c', 'd']);
    expect(scores.array('group')).toEqual(['x', '(none)', 'x']);
    expect(scores.array('generator')).toEqual(['x', undefined, 'x']);
    expect(scores.array('note')).toEqual(['雪', 'n3', '雪']);
    expect(scores.array('score')).toEqual([1, 3, 2]);
    const ordered = scores.filter((row: { score: number }) => row.score > 1).orderby('score');
    expect(ordered.array('clip')).toEqual(['d', 'c']);
    expect(ordered.reify().objects()).toEqual(ordered.objects());
    const both = scores.derive({ both: (row: { clip: string; note: string }) => row.clip + row.note });
    expect(both.array('both')).toEqual(['a雪', 'cn3', 'd雪']);
    expect(scores.groupby('group').count().array('count')).toEqual([2, 1]);
    expect(toCSV(scores.select('clip', 'note'))).toBe('clip,note\na,雪\nc,n3\nd,雪\n');
    const columns = scores.select('clip', 'score', 'group');
    expect(fromArrow(toArrowIPC(columns)).objects()).toEqual(columns.objects());
    await writeTable('test', join(folder, 'copy.csv'), scores);
    expect((await readScores(join(folder, 'copy.csv'))).array('note')).toEqual(['雪', 'n3', '雪']);
  });

  it('keeps the spread of an ensemble beside its score, and takes it for none', async () => {
    const scores = await read('s.csv', 'clip,score,spread\na,1,0.5\nb,2,0.25\n');
    expect(scores.metrics).toEqual([]);
    expect(scores.objects()).toEqual([
      { clip: 'a', score: 1, spread: 0.5 },
      { clip: 'b', score: 2, spread: 0.25 },
    ]);
    expect(scores.read.join()).toContain('spread (how far apart the scores of an ensemble are)');
    const wide = await read('w.csv', 'clip,physics,Spread\na,1,0.5\nb,2,0.25\n');
    expect(wide.array('score')).toEqual([1, 2]);
    const long = await read('l.csv', 'clip,metric,score,spread\na,physics,1,0.5\na,deformity,2,\n');
    expect(long.objects().map(({ metric, spread }) => [metric, spread])).toEqual([
      ['physics', 0.5],
      ['deformity', undefined],
    ]);
  });

  it('reads JSON Lines, and a table in memory', async () => {
    const rows = [
      { clip: 'a', score: 1, pass: true },
      { clip: 'b', score: 0, pass: false },
    ];
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    expect((await read('s.jsonl', lines)).objects()).toEqual(rows);
    expect((await readScores(rows)).objects()).toEqual(rows);
  });

  it('guesses the columns of a stranger, as analyze does, and takes what it is told', async () => {
    const csv = 'name,system,VQ,caption,mos\na.mp4,m,0.5,a ball,3\nb.mp4,n,0.7,a box,\n';
    const scores = await read('s.csv', csv);
    const { roles } = await readScoredClips('test', join(folder, 's.csv'));
    expect(scores.metric).toBe('VQ');
    expect(roles).toMatchObject({
      id: ['name'],
      score: ['VQ'],
      by: 'system',
      prompt: 'caption',
      rating: 'mos',
    });
    expect(scores.objects()).toEqual([
      { clip: 'a.mp4', score: 0.5, rating: 3, group: 'm', path: 'a.mp4', system: 'm', prompt: 'a ball' },
      {
        clip: 'b.mp4',
        score: 0.7,
        rating: undefined,
        group: 'n',
        path: 'b.mp4',
        system: 'n',
        prompt: 'a box',
      },
    ]);
    const given = await readScores(join(folder, 's.csv'), { clip: 'caption', score: 'mos', group: 'name' });
    expect(given.objects()).toMatchObject([{ clip: 'a ball', score: 3, group: 'a.mp4', VQ: 0.5 }]);
  });

  it('makes a long table of several metrics', async () => {
    const wide = await read('w.csv', 'clip,vq_score,mq_score,generator\na,1,2,g\nb,,4,h\n');
    expect(wide.metrics).toEqual(['vq_score', 'mq_score']);
    expect(wide.objects()).toEqual([
      { clip: 'a', metric: 'vq_score', score: 1, group: 'g', generator: 'g' },
      { clip: 'a', metric: 'mq_score', score: 2, group: 'g', generator: 'g' },
      { clip: 'b', metric: 'mq_score', score: 4, group: 'h', generator: 'h' },
    ]);
    const long = await read(
      'l.csv',
      'clip,metric,score,pass\na,m,1,Pass\na,n,2,Pass\nb,m,3,Fail\nb,n,4,Pass\n',
    );
    expect(long.of('n').objects()).toEqual([
      { clip: 'a', metric: 'n', score: 2, pass: true },
      { clip: 'b', metric: 'n', score: 4, pass: true },
    ]);
    // A label belongs to its row.
    expect(long.of('m').array('pass')).toEqual([true, false]);
  });

  it('makes a metric of each number of a list, and keeps other lists whole', async () => {
    const rows = [
      { id: 'a', text: 'a red ball', ref: '[3, 2]', ans: '[1.9, 1.5]', box: [1, 2, 3] },
      { id: 'b', text: 'a blue box', ref: '[1, 2]', ans: '[2.9, 2.5]', box: [4, 5, 6] },
    ];
    const scores = await readScores(rows);
    expect(scores.metrics).toEqual(['ans 1', 'ans 2']);
    expect(scores.of('ans 2').objects()).toEqual([
      {
        clip: 'a',
        metric: 'ans 2',
        score: 1.5,
        'ref 1': 3,
        'ref 2': 2,
        prompt: 'a red ball',
        box: [1, 2, 3],
      },
      {
        clip: 'b',
        metric: 'ans 2',
        score: 2.5,
        'ref 1': 1,
        'ref 2': 2,
        prompt: 'a blue box',
        box: [4, 5, 6],
      },
    ]);
    const one = rows.map(({ box: _, ref: __, ...row }) => row);
    expect((await readScores(one, { names: ['visual', 'motion'] })).metrics).toEqual(['visual', 'motion']);
  });

  it('keeps a column whose name is taken', async () => {
    const scores = await read('s.csv', 'clip,reward,score,model,group\na,1,9,m,x\nb,2,8,n,y\n', {
      score: 'reward',
    });
    expect(scores.objects()[0]).toEqual({
      clip: 'a',
      score: 1,
      'score of the file': 9,
      model: 'm',
      group: 'm',
      'group of the file': 'x',
    });
  });

  it('finds the files of clips beside the file of scores', async () => {
    await mkdir(join(folder, 'clips'));
    await writeFile(join(folder, 'clips', 'a.mp4'), '');
    const scores = await read('s.csv', 'video,score\nclips/a.mp4,1\nclips/b.mp4,2\n/c.mp4,3\n');
    expect(scores.array('clip')).toEqual(['clips/a.mp4', 'clips/b.mp4', '/c.mp4']);
    expect(scores.array('path')).toEqual([
      join(folder, 'clips/a.mp4'),
      join(folder, 'clips/b.mp4'),
      '/c.mp4',
    ]);
  });

  it.each(['s_nan.json', 's_nan.jsonl'])(
    'leaves out what has no score, as analyze does: %s',
    async (name) => {
      const scores = await readScores(stored(`json-nan/${name}`));
      const analyzed = await readScoredClips('test', stored(`json-nan/${name}`));
      expect(scores.missing).toEqual(analyzed.missing);
      expect(scores.numRows()).toBe(analyzed.ids.length - analyzed.missing.rows);
    },
  );

  it('reads the files of pandas without its index', async () => {
    const scores = await readScores(stored('pandas-index-as-metric/s_pandas_two_index.csv'));
    expect(scores.metrics).toEqual(['clip_reward', 'vq']);
  });

  it.each([
    [
      'infinite',
      'clip,score\na,-inf\n',
      's.csv row 1, column "score": expected a finite number, received "-inf"',
    ],
    ['infinite number', 'clip,score\na,Infinity\n', 'expected a finite number, received "Infinity"'],
    ['word', 'clip,score\na,good\n', 'received "good"'],
    ['no score at all', 'clip,score\na,\n', 's.csv: no row has a score of "score"'],
    ['no clip', 'clip,score\n,1\n', 'row 1, column "clip": expected the name of a clip'],
    [
      'unknown label',
      'clip,score,pass\na,1,yes\nb,2,maybe\nc,3,no\n',
      'row 2, column "pass": expected Pass/Fail',
    ],
    ['no score column', 'clip,value\na,x\n', 's.csv has no column of scores; it has clip, value'],
    [
      'votes',
      'clip,annotator,dimension,pass\na,x,d,Pass\na,y,d,Fail\n',
      's.csv has no column of scores; it has clip, annotator, dimension, pass; it looks like votes: read them by sr.data.readVotes',
    ],
    ['two scores', 'clip,score\na,1\na,2\n', 'clip "a" has two scores, in rows 1 and 2'],
    ['no rows', 'clip,score\n', 's.csv has no rows'],
  ])('refuses: %s', async (_, content, message) => {
    await expect(read('s.csv', content)).rejects.toThrow(message);
  });

  it('refuses a column that is not there, and an unknown extension', async () => {
    await expect(read('s.csv', 'clip,score\na,1\n', { group: 'model' })).rejects.toThrow(
      'readScores: s.csv has no column "model" (given for the group); it has clip, score',
    );
    await expect(readScores('scores.xls')).rejects.toThrow(/readScores: unknown extension of scores.xls/);
  });
});

describe('readScores in a notebook', () => {
  const notebook = insideNotebook();

  it('shows what it guessed', async () => {
    const scores = await read('s.csv', 'clip,score,pass,note,seed\na,1,Pass,x,3\nb,nan,Fail,y,3\nc,2,,z,3\n');
    expect(scores.read).toEqual([
      'clip: clip',
      'score: score',
      'label: pass',
      'other columns: note (text), seed (numbers that count or name something)',
      'left out: 1 row without a score, the first is row 2',
      'no label: 1 of 3 clips',
    ]);
    expect(scores.missing).toEqual({ rows: 1, first: 2 });
    expect(notebook.shown.map(({ bundle }) => bundle)).toEqual([
      { 'text/plain': `s.csv: 2 scores of 3 clips\n  ${scores.read.join('\n  ')}` },
    ]);
  });
});

describeShared('readScores of FETV', () => {
  it('reads five metrics of 2,476 clips', async () => {
    const scores = await readScores(shared('data', 'fetv', 'metric_scores.csv'));
    expect([...scores.metrics].sort()).toEqual([
      'BLIPScore',
      'CLIPScore',
      'CLIPScore-ft',
      'Otter-VQA',
      'UMTScore',
    ]);
    expect(scores.numRows()).toBe(12_380);
    const [umt, blip] = [scores.of('UMTScore'), scores.of('BLIPScore')];
    expect(umt.best().score).toBe(Math.max(...umt.array('score')));
    const [most] = umt.disputed(blip, 1);
    expect(most.clip).toBe(`${most.promptId} / ${most.generator}`);
    expect(Math.abs(most.gap)).toBeGreaterThan(0.5);
  });
});
