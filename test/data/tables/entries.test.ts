import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entriesOf } from '../../../src/data/tables/entries.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'entries-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(name: string, content: string | Uint8Array): Promise<unknown[]> {
  const file = join(folder, name);
  await writeFile(file, content);
  const values: unknown[] = [];
  for await (const { value } of entriesOf('test', file)) values.push(value);
  return values;
}

const entries = [
  { a: '[1, {"b": 2}], ', b: { c: [[], {}, '"]'] } },
  [],
  {},
  'tail \\ \\" ]',
  Number.NaN,
  null,
  9007199254740993n,
  '雪'.repeat(600_000),
  { last: '\n\r\t' },
];
const json = (entry: unknown) =>
  typeof entry === 'object' || typeof entry === 'string' ? JSON.stringify(entry) : String(entry);

describe('entriesOf', () => {
  it.each<[string, string]>([
    ['list.json', `\uFEFF \n[${entries.map(json).join(' ,\n')} ] \n`],
    ['lines.jsonl', `\uFEFF\n${entries.map(json).join('\n \r\n')}`],
    ['lines.ndjson', `${entries.map(json).join('\n')}\n\n`],
  ])('reads %s, packed and plain, over the borders of chunks', async (name, text) => {
    expect(await read(name, text)).toEqual(entries);
    expect(await read(`${name}.gz`, gzipSync(text))).toEqual(entries);
  });

  it.each<[string, string | Uint8Array, unknown[]]>([
    ['empty.json', ' [ ] ', []],
    ['empty.jsonl', '', []],
    ['wide.json', Buffer.from('\uFEFF[1, "雪"]', 'utf16le'), [1, '雪']],
    ['table.csv', 'a,b\n1,2\n', [{ a: '1', b: '2' }]],
  ])('reads %s', async (name, content, values) => {
    expect(await read(name, content)).toEqual(values);
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ['open.json', '[1, 2', /open\.json is not valid JSON: the list does not end after item 1/],
    ['comma.json', '[1,]', /is not valid JSON: item 1 /],
    ['gap.json', '[,1]', /is not valid JSON: item 0 /],
    ['crossed.json', '[{"a": 1], 2]', /is not valid JSON/],
    ['more.json', '[1] [2]', /is not valid JSON: more text after the list/],
    ['string.json', '["a', /the list does not end/],
    ['broken.jsonl', '1\n{"a"\n', /broken\.jsonl row 2 is not valid JSON/],
    ['latin1.json', Buffer.from('["\xe9"]', 'latin1'), /item 0 is not UTF-8/],
    ['latin1.jsonl', Buffer.from('1\n"\xe9"\n', 'latin1'), /row 2 is not UTF-8/],
    ['object.json', '{"a": 1}', /object\.json is not a JSON list/],
    ['empty.json', '', /is not valid JSON/],
    ['wide.jsonl', Buffer.from('{"a": 1}', 'utf16le'), /a zero byte/],
    ['cut.json.gz', gzipSync(`[${entries.map(json)}]`).subarray(0, 400), /is a damaged gzip file/],
    ['page.json', '<!doctype html><html>', /is an HTML page/],
    ['list.txt', '[]', /unknown extension/],
  ])('refuses %s', async (name, content, message) => {
    await expect(read(name, content)).rejects.toThrow(message);
  });

  it('refuses what is not there, and a folder', async () => {
    const first = (file: string) => entriesOf('test', file).next();
    await expect(first(join(folder, 'none.json'))).rejects.toThrow(/^test: cannot read .*none\.json: /);
    await expect(first(`${folder}/../${folder.split('/').at(-1)}`)).rejects.toThrow(/unknown extension/);
  });
});
