import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { table, toArrowIPC } from 'arquero';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readColumns } from '../../../src/data/tables/columnFile.js';
import { readScores } from '../../../src/data/tables/readScores.js';
import { readScoredClips } from '../../../src/data/tables/scoredClips.js';
import { readVotes } from '../../../src/data/votes/votes.js';
import { readOfficial } from '../../../src/pairing/official.js';
import { ownRatings, readClipRatings } from '../../../src/report/clipRatings.js';
import { type Item, openItems } from '../../../src/score/items.js';

const stored = (name: string) => fileURLToPath(new URL(`../../cases/${name}`, import.meta.url));
const scored = (name: string) => readScoredClips('test', stored(name));
const metric = async (name: string) => Array.from((await scored(name)).metrics[0].values);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tables-'));
});
afterAll(() => rm(folder, { recursive: true }));
async function written(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

/** The items of an inference file. */
async function readItems(file: string): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of (await openItems(file)).read()) found.push(item);
  return found;
}

describe('blanks and numbers', () => {
  it.each(['s_val_spaces3.csv', 's_val_spaces10.csv', 's_val_nanpad.csv'])(
    '%s: row 4 has no score',
    async (name) => {
      const { missing, metrics } = await scored(`blank-of-9-spaces/${name}`);
      expect(missing).toEqual({ rows: 1, first: 4 });
      expect(metrics[0].values[3]).toBeNaN();
    },
  );

  it('reads fields of fixed width, header and all', async () => {
    expect((await metric('blank-of-9-spaces/fw.csv')).slice(0, 5)).toEqual([
      0,
      0.125,
      0.25,
      0.375,
      Number.NaN,
    ]);
    const [own] = (await scored('blank-of-9-spaces/sp.csv')).judgements;
    expect(own.ratings?.slice(0, 5)).toEqual(Float64Array.of(1, 2, 3, 4, Number.NaN));
  });

  it.each(['0x1F', '0b11', '0o7', '1_000', 'Infinity', '1,5'])('takes %s for no number', async (text) => {
    const file = await written('number.tsv', `clip\tscore\na\t1\nb\t${text}\n`);
    for (const read of [() => readScores(file), () => readScoredClips('test', file)]) {
      await expect(read()).rejects.toThrow(
        `row 2, column "score": expected a finite number, received "${text}"`,
      );
    }
  });
});

describe('text', () => {
  it.each([
    ['s_unclosed_last.csv', 'row 10'],
    ['lab_unclosed.csv', 'row 6'],
    ['v_unclosed.csv', 'row 6'],
  ])('%s: names the row of a quote that is never closed', async (name, row) => {
    await expect(readColumns('test', stored(`csv-unclosed-quote/${name}`))).rejects.toThrow(
      `${name} ${row}: a double quote is opened and never closed`,
    );
  });

  it('names the row of a quote that a later one closes, and keeps quotes within text', async () => {
    const open = await written('open.csv', 'clip,prompt\na,"one\nb,"two"\nc,three\n');
    await expect(readColumns('test', open)).rejects.toThrow(
      'open.csv row 1: text follows a closing double quote',
    );
    const fine = await written('fine.csv', 'clip,prompt\na,5" screen\nb,"say ""go"",\nnow"\n"c",""\n');
    expect([...(await readColumns('test', fine)).get('prompt')!]).toEqual([
      '5" screen',
      'say "go",\nnow',
      '',
    ]);
  });

  it.each([
    ['s_latin1_collide.csv', 'row 1, byte 40', 'é'],
    ['v_latin1_contradict.csv', 'row 1', 'é'],
    ['v_latin1_two_annotators.csv', 'row 1', 'é'],
    ['s_latin1_groups.csv', 'row 1', 'è'],
  ])('%s: names row and byte of what is not valid UTF-8', async (name, place, letter) => {
    const file = stored(`csv-not-utf8/${name}`);
    await expect(readColumns('test', file)).rejects.toThrow(place);
    await expect(readColumns('test', file)).rejects.toThrow(
      `is not UTF-8 (in Windows-1252 it is "${letter}")`,
    );
  });

  it.each([
    ['\xe9,score\n', 'header, byte 1:'],
    ['clip,\xe9\n', 'header, byte 6:'],
    ['clip\n\xe9', 'row 1, byte 6:'],
    ['clip\n\n  \xe9\n', 'row 1, byte 9:'],
    ['clip\na\n"b\n\xe9"\n', 'row 2, byte 11:'],
  ])('names the header, and rows behind blank lines and in quotes: %j', async (text, place) => {
    const file = await written('latin1.csv', Buffer.from(text, 'latin1'));
    await expect(readColumns('test', file)).rejects.toThrow(`latin1.csv ${place}`);
  });

  it('names the row of JSON Lines, and of a letter cut in two', async () => {
    const lines = Buffer.from('{"clip":"a"}\n{"clip":"\xe9"}\n', 'latin1');
    await expect(readColumns('test', await written('l.jsonl', lines))).rejects.toThrow(
      'row 2, byte 23: 0xe9',
    );
    const cut = Buffer.from('clip\na\nb\xe2\x82', 'latin1');
    await expect(readColumns('test', await written('cut.csv', cut))).rejects.toThrow('row 2, byte 9');
    await expect(readColumns('test', await written('zero.csv', 'clip,score\na\0,1\n'))).rejects.toThrow(
      'row 1, byte 13: a zero byte',
    );
  });

  it.each(['s_utf16.tsv', 's_utf16be_bom.csv', 's_utf16le_bom.csv'])('reads %s by its mark', async (name) => {
    const { ids, groups } = await scored(`csv-not-utf8/${name}`);
    expect(ids.slice(0, 2)).toEqual(['c00', 'c01']);
    expect(ids).toHaveLength(40);
    expect(groups?.slice(0, 2)).toEqual(['A', 'B']);
  });

  it('reads votes in UTF-16', async () => {
    expect((await readVotes(stored('csv-not-utf8/v_utf16.csv'))).numRows()).toBe(80);
  });

  it.each([
    [';', 'semi.csv'],
    ['\t', 'tab.csv'],
    ['|', 'bar.tsv'],
    [',', 'comma.tsv'],
  ])('finds the separator %j and names it', async (separator, name) => {
    const rows = [
      ['clip', 'score', 'prompt'],
      ['a', '1', '"x, y"'],
    ];
    const file = await written(name, rows.map((row) => `${row.join(separator)}\n`).join(''));
    expect((await readScores(file)).objects()).toEqual([{ clip: 'a', score: 1, prompt: 'x, y' }]);
    const { read } = await readScoredClips('test', file);
    expect(read[0]).toBe(`${name}: its fields are separated by ${JSON.stringify(separator)}`);
  });
});

describe('whole numbers beyond 2^53', () => {
  it('keeps four clips four', async () => {
    expect((await readVotes(stored('json-big-ids/b.json'))).array('clip')).toEqual([
      '9007199254740992',
      '9007199254740993',
      '9007199254740994',
      '9007199254740995',
    ]);
    expect((await scored('json-big-ids/b2.json')).ids[1]).toBe('9007199254740993');
    for (const name of ['s_bigid.arrow', 's_bigint.json']) {
      const { ids } = await scored(`json-big-ids/${name}`);
      expect(ids.slice(0, 2)).toEqual(['9007199254740993', '9007199254740994']);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  it('shows them in errors, and keeps columns of them as text', async () => {
    const file = await written('big.jsonl', '{"clip":"a","score":1,"seed":9007199254740993}\n');
    await expect(readScores(file, { label: 'seed' })).rejects.toThrow('received 9007199254740993');
    const csv = await written('big.csv', 'clip,score,seed\na,1,9007199254740993\n');
    expect((await readScores(csv)).get('seed')).toBe('9007199254740993');
  });
});

describe('JSON as Python writes it', () => {
  it.each(['s_nan.json', 's_nan.jsonl'])('%s: the row without a score is counted', async (name) => {
    expect((await scored(`json-nan/${name}`)).missing).toEqual({ rows: 6, first: 1 });
    expect((await readScores(stored(`json-nan/${name}`))).missing).toEqual({ rows: 6, first: 1 });
  });

  it('does not mind NaN where nobody asks for it', async () => {
    expect((await scored('json-nan/s_nan_othercol.jsonl')).ids).toHaveLength(40);
    expect((await readScores(stored('json-nan/s_nan_othercol.jsonl'))).numRows()).toBe(40);
    expect((await readVotes(stored('json-nan/v_nan.jsonl'))).columnNames()).not.toContain('note');
    const [item] = await readItems(stored('json-nan/i_nan.json'));
    expect(item).toMatchObject({ prompt: 'a ball', fields: { motion: Number.NaN } });
  });

  it('names an infinite score', async () => {
    await expect(scored('json-nan/s_inf.jsonl')).rejects.toThrow(
      'row 5, column "score": expected a finite number',
    );
  });

  it('shows what is not a number as it is', async () => {
    const text = await written('text.json', '[{"clip":"a","score":1},{"clip":"b","score":"-0,0168"}]');
    await expect(readScores(text)).rejects.toThrow('received "-0,0168"');
    const list = await written('list.json', '[{"clip":"a","score":[-0.0168]},{"clip":"b","score":[1, 2]}]');
    for (const read of [() => readScores(list), () => readScoredClips('test', list)])
      await expect(read()).rejects.toThrow('row 2, column "score": expected a list of 1 numbers');
  });
});

describe('compressed and renamed files', () => {
  it.each(['s_feather_lz4.arrow', 's_feather_zstd.arrow', 's_feather_unc.feather'])(
    'reads %s',
    async (name) => {
      const { ids, metrics } = await scored(`arrow-compressed/${name}`);
      expect(ids).toHaveLength(40);
      expect(Array.from(metrics[0].values.slice(0, 3))).toEqual([1.2882, 1.4494, -1.0922]);
      expect((await readScores(stored(`arrow-compressed/${name}`))).get('score', 1)).toBe(1.4494);
    },
  );

  it.each(['s_gz_named.csv', 's_plain.csv.gz', 's_plain.jsonl.gz', 's_parquet_named.csv'])(
    'reads %s',
    async (name) => {
      expect((await metric(`gz/${name}`)).slice(0, 3)).toEqual([1.2882, 1.4494, -1.0922]);
    },
  );

  it('reads what solireward score and pairs are made of in the same forms', async () => {
    const items = '[{"video_path":"a.mp4","prompt":"p"}]';
    for (const file of [
      await written('i.json.gz', gzipSync(items)),
      await written('i.jsonl', '{"video_path":"a.mp4","prompt":"p"}\n'),
      await written('i.csv', '\uFEFFvideo_path,prompt\na.mp4,p\n'),
      await written('i16.json', Buffer.from(`\uFEFF${items}`, 'utf16le')),
      await written(
        'i.arrow',
        toArrowIPC(table({ video_path: ['a.mp4'], prompt: ['p'] }), { format: 'file' })!,
      ),
    ]) {
      expect(await readItems(file)).toMatchObject([
        { index: 0, prompt: 'p', path: expect.stringMatching(/a\.mp4$/) },
      ]);
    }
    const pair =
      '{"messages":[{"role":"user","content":"<video>"}],"rejected_response":"<video>","quality":[1,0],"videos":["a","b"],"other":NaN}';
    for (const file of [
      await written('p.jsonl.gz', gzipSync(`${pair}\n`)),
      await written('p.json', `\uFEFF[${pair}]`),
    ]) {
      expect(await readOfficial(file)).toMatchObject([{ kind: 'win-lose', chosen: { path: 'a' } }]);
    }
  });

  it.each([
    ['s_lfs.parquet', 'is a pointer of Git LFS'],
    ['page.csv', 'is an HTML page'],
    ['book.csv', 'is a ZIP archive or an Excel workbook'],
    ['cut.csv.gz', 'is a damaged gzip file'],
  ])('says what %s is', async (name, message) => {
    const contents: Record<string, Uint8Array> = {
      's_lfs.parquet': await readFile(stored('lfs-and-html-as-files/s_lfs.parquet')),
      'page.csv': Buffer.from('<!DOCTYPE html><html></html>'),
      'book.csv': Buffer.from('PK\x03\x04'),
      'cut.csv.gz': gzipSync('clip,score\na,1\n').subarray(0, 20),
    };
    await expect(readColumns('test', await written(name, contents[name]))).rejects.toThrow(
      `${name} ${message}`,
    );
  });
});

describe('names and words', () => {
  it.each(['v_headercase.csv', 'v_trailing_space_header.csv'])(
    'readVotes takes the header of %s',
    async (name) => {
      const votes = await readVotes(stored(`votes-header-case-space/${name}`));
      expect(votes.columnNames()).toEqual(['clip', 'annotator', 'dimension', 'pass']);
      expect(votes.numRows()).toBe(40);
    },
  );

  it('readVotes takes 1.0 and 0.0, as pandas writes them', async () => {
    const votes = await readVotes(stored('votes-1.0/v_pass_float.csv'));
    expect(votes.array('pass').slice(0, 3)).toEqual([false, false, true]);
    expect(votes.columnNames()).toContain('promptId');
  });

  it('reads labels of good and bad, and of 1 and -1', async () => {
    for (const name of ['s_label_good_bad.csv', 's_label_minus.csv']) {
      const { roles, judgements } = await scored(`analyze-labels/${name}`);
      expect(roles.label).toBe('label');
      expect(judgements[0].labels?.slice(0, 3)).toEqual([false, true, false]);
    }
    const votes = await written('signs.csv', 'clip,annotator,dimension,pass\na,x,d,1\nb,x,d,-1\n');
    expect((await readVotes(votes)).array('pass')).toEqual([true, false]);
  });

  it('says how ratings become labels', async () => {
    const clips = await readScoredClips('test', [
      { clip: 'a', score: 1, mos: 37 },
      { clip: 'b', score: 2, mos: 80 },
    ]);
    expect(ownRatings(clips).lines[0]).toContain('--threshold');
  });

  it.each([
    ['s_pandas_two_index.csv', ['clip_reward', 'vq']],
    ['s_pandas_two_index_noscore.csv', ['VQ', 'MQ', 'TA']],
    ['s_shuf.parquet', ['VQ', 'MQ']],
  ])('takes no index of pandas for a metric: %s', async (name, metrics) => {
    const clips = await scored(`pandas-index-as-metric/${name}`);
    expect(clips.metrics.map(({ name }) => name)).toEqual(metrics);
    for (const { column, reason } of clips.leftAside.filter(({ column }) => /unnamed|index/i.test(column)))
      expect(`${column}: ${reason}`).toContain('numbers that count or name something');
  });
});

describe('labels of a score file', () => {
  const rows = (labels: string[]) => labels.map((label, i) => ({ clip: `c${i}`, score: i, label }));

  it('names the row of one mistyped label among many', async () => {
    const labels = Array.from({ length: 400 }, (_, i) => (i === 216 ? 'psas' : i % 2 ? 'pass' : 'fail'));
    await expect(readScoredClips('test', rows(labels))).rejects.toThrow(
      'row 217, column "label": expected Pass/Fail, true/false, yes/no or 1/0, received "psas"',
    );
    const digits = Array.from({ length: 400 }, (_, i) => (i === 216 ? '11' : String(i % 2)));
    await expect(readScoredClips('test', rows(digits))).rejects.toThrow('row 217, column "label"');
  });

  it('names a column that is left aside, with the reason', async () => {
    const clips = await readScoredClips('test', [
      { clip: 'a', score: 1, label: 'cat', note: 'x', loss: 1, seed: 3, VQ: '1' },
      { clip: 'b', score: 2, label: 'dog', note: 'y', loss: 2, seed: 4, VQ: '2' },
      { clip: 'c', score: 2, label: 'dog', note: 'y', loss: 2, seed: 4, VQ: '2e' },
    ]);
    expect(clips.leftAside).toEqual([
      { column: 'label', reason: 'no words of Pass and Fail: row 1 holds "cat"' },
      { column: 'note', reason: 'text' },
      { column: 'loss', reason: 'numbers that are not called scores' },
      { column: 'seed', reason: 'numbers that count or name something' },
      { column: 'VQ', reason: 'no column of numbers: row 3 holds "2e"' },
    ]);
    expect(clips.read.at(-1)).toContain('left aside: label (no words of Pass and Fail');
  });

  it('compares each metric of a long file with the ratings of its own rows', async () => {
    const long = [1, 2, 3, 4, 5].flatMap((rating, i) => [
      { clip: `c${i}`, metric: 'with', score: rating, rating },
      { clip: `c${i}`, metric: 'against', score: rating, rating: 6 - rating },
    ]);
    const { byMetric } = (await readScoredClips('test', long)).judgements[0];
    expect(byMetric?.get('with')?.ratings).toEqual(Float64Array.of(1, 2, 3, 4, 5));
    expect(byMetric?.get('against')?.ratings).toEqual(Float64Array.of(5, 4, 3, 2, 1));
  });

  it('refuses what contradicts itself', async () => {
    const groups = [
      { clip: 'a', metric: 'm', score: 1, generator: 'g' },
      { clip: 'a', metric: 'n', score: 1, generator: 'h' },
    ];
    await expect(readScoredClips('test', groups)).rejects.toThrow(
      'row 2, column "generator": expected "g", as in an earlier row of clip "a", received "h"',
    );
    const clips = await readScoredClips('test', [{ clip: 'a', score: 1 }]);
    const votes = [
      { clip: 'a', annotator: 'x', rating: 1 },
      { clip: 'a', annotator: 'x', rating: 5 },
    ];
    await expect(readClipRatings('test', votes, clips)).rejects.toThrow('row 2, column "rating": expected 1');
    const { dimensions } = await readClipRatings(
      'test',
      [votes[0], votes[0], { ...votes[1], annotator: 'y' }],
      clips,
    );
    expect(dimensions[0].ratings).toEqual(Float64Array.of(3));
    await expect(readClipRatings('test', [{ clip: 'a', dimension: null, rating: 1 }], clips)).rejects.toThrow(
      'column "dimension": expected the name of a dimension',
    );
    await expect(readScoredClips('test', [{ clip: 'a', metric: '', score: 1 }])).rejects.toThrow(
      'column "metric": expected the name of a metric',
    );
  });
});

describe('lists of scores', () => {
  const videoScore = [
    { id: 'a', text: 'a red ball', ref: '[3, 2, 3]', ans: '[1.9, 1.5, 2.9]' },
    { id: 'b', text: 'a blue box', ref: '[1, 2, 1]', ans: '[2.9, 2.5, 1.0]' },
  ];

  it('makes a metric of each number, and a dimension of each reference', async () => {
    const clips = await readScoredClips('test', videoScore);
    expect(clips.metrics.map(({ name, values }) => [name, ...values])).toEqual([
      ['ans 1', 1.9, 2.9],
      ['ans 2', 1.5, 2.5],
      ['ans 3', 2.9, 1],
    ]);
    expect(clips.roles).toMatchObject({ id: ['id'], prompt: 'text', rating: 'ref', score: ['ans'] });
    expect(clips.judgements.map(({ dimension, ratings }) => [dimension, ...ratings!])).toEqual([
      ['ref 1', 3, 1],
      ['ref 2', 2, 2],
      ['ref 3', 3, 1],
    ]);
  });

  it('takes names, lists of JSON and of NumPy', async () => {
    const { metrics } = await readScoredClips('test', videoScore, {}, ['visual', 'temporal', 'text']);
    expect(metrics.map(({ name }) => name)).toEqual(['visual', 'temporal', 'text']);
    const mixed = [
      { clip: 'a', score: [1, 2] },
      { clip: 'b', score: '[3. 4.5]' },
      { clip: 'c', score: null },
    ];
    const clips = await readScoredClips('test', mixed);
    expect(clips.metrics.map(({ name, values }) => [name, ...values])).toEqual([
      ['score 1', 1, 3, Number.NaN],
      ['score 2', 2, 4.5, Number.NaN],
    ]);
    await expect(readScoredClips('test', mixed, {}, ['a'])).rejects.toThrow(
      'hold 2 numbers, received 1 names: a',
    );
  });
});

it('names what is left aside of a file of labels', async () => {
  const clips = await readScoredClips('test', [{ clip: 'a', score: 1 }]);
  const { lines } = await readClipRatings(
    'test',
    [{ clip: 'a', pass: 'maybe', rating: 3, note: 'x' }],
    clips,
  );
  expect(lines.at(-1)).toBe(
    'labels: left aside: pass (no words of Pass and Fail: row 1 holds "maybe"), note (text)',
  );
});

it('shows a whole number beyond 2^53 in the errors of a vote log', async () => {
  const line =
    '{"event":"vote","id":"1","clip":9007199254740993,"annotator":"a","dimension":"d","pass":true}\n';
  await expect(readVotes(await written('log.jsonl', line))).rejects.toThrow(
    'row 1, column "clip": expected text, received 9007199254740993',
  );
});
