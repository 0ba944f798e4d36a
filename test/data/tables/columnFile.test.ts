import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { table, toArrowIPC } from 'arquero';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codesOf } from '../../../src/data/tables/codes.js';
import { columnsOf, readColumns } from '../../../src/data/tables/columnFile.js';
import { readScores } from '../../../src/data/tables/readScores.js';

const stored = (name: string) => fileURLToPath(new URL(`files/${name}`, import.meta.url));

describe('readColumns', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'columns-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function read(name: string, content: string | Uint8Array) {
    await writeFile(join(folder, name), content);
    const columns = await readColumns('test', join(folder, name));
    return Object.fromEntries([...columns].map(([column, values]) => [column, [...values]]));
  }

  const expected = { clip: ['a', 'b, "c"'], score: [1.5, -2] };

  it('reads 200,000 columns, and names one that is there twice', async () => {
    const names = Array.from({ length: 200_000 }, (_, i) => `column ${i}`);
    const numbers = names.map((_, i) => String(i));
    const text = `clip,score,${names}\na,1,${numbers}\nb,2,${numbers}\n`;
    await writeFile(join(folder, 'wide.csv'), text);
    const scores = await readScores(join(folder, 'wide.csv'));
    expect([scores.numCols(), scores.numRows(), scores.get('column 199999', 1)]).toEqual([
      200_002, 2, 199_999,
    ]);
    await expect(read('twice.csv', `${text.slice(0, text.indexOf('\n'))},column 7\n`)).rejects.toThrow(
      'twice.csv has two columns "column 7"',
    );
    await expect(read('short.csv', `${names}\n1\n`)).rejects.toThrow(
      /expected 200000 fields \(column 0, .{100,300}…\), received 1/,
    );
  });

  it('gives equal texts one code, in quotes and without', async () => {
    await writeFile(join(folder, 'quoted.csv'), 'clip\na"b\n"a""b"\né\n"é"\n"a"\n"é"\na"b\n');
    const column = (await readColumns('test', join(folder, 'quoted.csv'))).get('clip')!;
    expect([...column]).toEqual(['a"b', 'a"b', 'é', 'é', 'a', 'é', 'a"b']);
    expect([...codesOf(column)!.codes]).toEqual([0, 0, 1, 1, 2, 1, 0]);
  });

  it('ends a file of Arrow whose numbers let its reader loop without an end', async () => {
    await expect(readColumns('test', stored('endless.arrow'))).rejects.toThrow(
      /^test: endless\.arrow is not a valid Arrow IPC file: it takes more than 5 s to read, as only a damaged file does$/,
    );
  });

  it('refuses each Parquet file with a damaged byte, or reads it, and leaves no rejection behind', async () => {
    const bytes = await readFile(stored('scores.snappy.parquet'));
    const rejections: unknown[] = [];
    const listen = (error: unknown) => rejections.push(error);
    process.on('unhandledRejection', listen);
    let refused = 0;
    for (let at = 4; at < bytes.length - 8; at += 3) {
      const damaged = Buffer.from(bytes);
      damaged[at] ^= 0x10;
      await read('damaged.parquet', damaged).catch(({ message }: Error) => {
        refused++;
        expect(message).toMatch(/^test: damaged\.parquet /);
      });
    }
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', listen);
    expect(rejections).toEqual([]);
    expect(refused).toBeGreaterThan(50);
  });

  it('shortens what it names', async () => {
    const long = 'x'.repeat(1000);
    for (const text of [`a,${long},${long}\n`, `a,${`${long},`.repeat(30)}\n1\n`]) {
      const failure = await read('names.csv', text).catch(({ message }: Error) => message);
      expect(String(failure).length).toBeLessThan(5000);
    }
  });

  it('reads text over the borders of its pieces', async () => {
    const long = '雪'.repeat(2 ** 22);
    const { clip } = await read('long.csv', `clip,note\r\na,"${long},""\n"\r\n${long},x\r\nb,y\r\n`);
    expect(clip.map((value) => (value as string).length)).toEqual([1, 2 ** 22, 1]);
  });

  it('reads every format', async () => {
    const texts = { ...expected, score: ['1.5', '-2'] };
    expect(await read('s.csv', '\uFEFFclip,score\r\na,1.5\r\n\r\n"b, ""c""",-2\r\n')).toEqual(texts);
    expect(await read('s.tsv', 'clip\tscore\na\t1.5\n"b, ""c"""\t-2\n')).toEqual(texts);
    const rows = [
      { clip: 'a', score: 1.5 },
      { clip: 'b, "c"', score: -2 },
    ];
    expect(await read('s.json', JSON.stringify(rows))).toEqual(expected);
    expect(await read('s.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join('\n'))).toEqual(expected);
    expect(await read('s.ARROW', toArrowIPC(table(expected), { format: 'file' }))).toEqual(expected);
  });

  it.each(['snappy', 'zstd', 'gzip'])('reads Parquet compressed by %s', async (codec) => {
    const columns = await readColumns('test', stored(`scores.${codec}.parquet`));
    expect(Object.fromEntries(columns)).toEqual({
      clip: ['a.mp4', 'b.mp4', 'c.mp4', 'd.mp4'],
      score: [0.5, -1.25, null, 3],
      seed: [1n, 2n, 3n, 4n],
      pass: [true, false, true, true],
    });
  });

  it('gives rows of Parquet to the other readers', async () => {
    const scores = await readScores(stored('scores.snappy.parquet'));
    expect(scores.array('clip')).toEqual(['a.mp4', 'b.mp4', 'd.mp4']);
    expect(scores.missing).toEqual({ rows: 1, first: 3 });
  });

  it('leaves undefined what a row of JSON lacks', () => {
    expect(Object.fromEntries(columnsOf([{ a: 1 }, { b: 2 }]))).toEqual({
      a: [1, undefined],
      b: [undefined, 2],
    });
  });

  it.each([
    ['empty.csv', '', 'test: empty.csv has no rows'],
    ['header.csv', 'clip,score\n', 'header.csv has no rows'],
    ['empty.json', '[]', 'empty.json has no rows'],
    ['twice.csv', 'a,a\n1,2\n', 'twice.csv has two columns "a"'],
    ['long.csv', 'a,b\n1,2\n1,2,3\n', 'long.csv row 2: expected 2 fields (a, b), received 3'],
    ['object.json', '{"a":1}', 'object.json: expected an array of objects'],
    ['broken.jsonl', '{"a":1}\n{"a":\n', 'broken.jsonl row 2 is not valid JSON'],
    ['number.jsonl', '7\n', 'number.jsonl row 1: expected an object, received 7'],
    ['text.arrow', 'hello', 'text.arrow is not a valid Arrow IPC file'],
    ['text.parquet', 'hello, this is not a table', 'text.parquet is not a valid Parquet file'],
    ['s.xlsx', 'PK', 'unknown extension'],
  ])('refuses %s', async (name, content, message) => {
    await expect(read(name, content)).rejects.toThrow(message);
  });

  it('names a missing file', async () => {
    const none = join(folder, 'none.csv');
    await expect(readColumns('test', relative('.', none))).rejects.toThrow(
      `test: cannot read ${relative('.', none)}: there is no file ${none}; check its path`,
    );
  });
});
