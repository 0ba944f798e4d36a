import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parseJson } from '../../base/json.js';
import { formatOf, readEntries } from './columnFile.js';
import { kindOf } from './tableText.js';

/** One entry of a file: what it holds, and how many bytes it takes there; 0 where the file is read as a whole. */
export interface Entry {
  value: unknown;
  size: number;
}

/** Bytes that are read at once. */
const chunkSize = 1 << 20;

/**
 * What `readEntries` reads, one by one: of a JSON list and of JSON Lines no more than a few entries are in memory at once.
 * Other tables are read as a whole.
 * @throws Error as `readEntries` does, and for JSON that is not a list.
 */
export async function* entriesOf(operation: string, file: string): AsyncGenerator<Entry> {
  const where = `${operation}: ${file}`;
  const format = formatOf(operation, file);
  const chunks = chunksOf(operation, file);
  try {
    const { value: first = Buffer.alloc(0) } = await chunks.next();
    const isText = kindOf(first, where) === 'text' && !isWide(first);
    if (isText && format === 'jsonl') return yield* linesOf(first, chunks, where);
    if (isText && format === 'json' && /^\s*\[/.test(first.toString('latin1', 0, 4096))) {
      return yield* elementsOf(first, chunks, where);
    }
  } finally {
    await chunks.return(undefined);
  }
  const entries = await readEntries(operation, file);
  if (!Array.isArray(entries)) throw new Error(`${where} is not a JSON list of items`);
  for (const value of entries) yield { value, size: 0 };
}

/** UTF-16, by its mark or its zeros, which is read as a whole. */
function isWide(start: Buffer): boolean {
  const [first, second] = start;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || start.includes(0);
}

/** The bytes of a file, unpacked where they are gzip, without the mark of UTF-8 at their beginning. */
async function* chunksOf(operation: string, file: string): AsyncGenerator<Buffer, undefined> {
  const failed = (error: Error): never => {
    if (String((error as NodeJS.ErrnoException).code).startsWith('Z_')) {
      throw new Error(`${operation}: ${file} is a damaged gzip file: ${error.message}`);
    }
    throw new Error(`${operation}: cannot read ${file}: ${error.message}`);
  };
  const handle = await open(file).catch(failed);
  let raw: Readable | undefined;
  try {
    const { buffer } = await handle.read({ buffer: Buffer.alloc(2), position: 0 }).catch(failed);
    raw = handle.createReadStream({ start: 0, highWaterMark: chunkSize, autoClose: false });
    const isPacked = buffer[0] === 0x1f && buffer[1] === 0x8b;
    const bytes = isPacked ? raw.pipe(createGunzip({ chunkSize })) : raw;
    raw.on('error', (error) => bytes.destroy(error));
    let isFirst = true;
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      const marked = isFirst && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;
      yield marked ? chunk.subarray(3) : chunk;
      isFirst = false;
    }
  } catch (error) {
    failed(error as Error);
  } finally {
    raw?.destroy(); // an open stream would keep the handle from closing
    await handle.close();
  }
  return undefined;
}

/** The lines that are not blank. */
async function* linesOf(first: Buffer, chunks: AsyncIterable<Buffer>, where: string): AsyncGenerator<Entry> {
  let row = 0;
  let before: Buffer[] = [];
  const parsed = (last: Buffer): Entry | undefined => {
    const line = joined(before, last);
    before = [];
    if (isBlank(line)) return undefined;
    return { value: parse(line, `${where} row ${++row}`), size: line.length };
  };
  for await (const chunk of following(first, chunks)) {
    let start = 0;
    for (let end = chunk.indexOf(lineEnd); end >= 0; end = chunk.indexOf(lineEnd, start)) {
      const entry = parsed(chunk.subarray(start, end));
      if (entry) yield entry;
      start = end + 1;
    }
    before.push(chunk.subarray(start));
  }
  const entry = parsed(Buffer.alloc(0));
  if (entry) yield entry;
}

/** The elements of a list. Where they end is found by brackets and quotes; each is then read as JSON by itself. */
async function* elementsOf(
  first: Buffer,
  chunks: AsyncIterable<Buffer>,
  where: string,
): AsyncGenerator<Entry> {
  let depth = 0;
  let inString = false;
  let isEscaped = false;
  let hasEnded = false;
  let count = 0;
  let before: Buffer[] = [];
  const broken = (what: string) => new Error(`${where} is not valid JSON: ${what} item ${count}`);
  for await (const chunk of following(first, chunks)) {
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      if (inString) {
        if (isEscaped) isEscaped = false;
        else if (byte === backslash) isEscaped = true;
        else if (byte === quote) inString = false;
        continue;
      }
      if (byte === quote) inString = true;
      if (depth === 0 && byte > space) {
        if (byte !== openList || hasEnded) throw broken('more text after the list of');
        depth = 1;
        start = i + 1;
      } else if (byte === openList || byte === openObject) depth++;
      else if (depth > 1 && (byte === closeList || byte === closeObject)) depth--;
      else if (depth === 1 && (byte === comma || byte === closeList)) {
        const element = joined(before, chunk.subarray(start, i));
        before = [];
        start = i + 1;
        if (byte === closeList) {
          depth = 0;
          hasEnded = true;
          if (count === 0 && isBlank(element)) continue; // an empty list
        }
        yield { value: parse(element, where, ` item ${count}`), size: element.length };
        count++;
      }
    }
    if (depth > 0) before.push(chunk.subarray(start));
  }
  if (!hasEnded) throw broken('the list does not end after');
}

const [lineEnd, space, quote, comma, openList, backslash, closeList, openObject, closeObject] =
  Buffer.from('\n ",[\\]{}');

async function* following(first: Buffer, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* chunks;
}

const joined = (before: Buffer[], last: Buffer): Buffer =>
  before.length === 0 ? last : Buffer.concat([...before, last]);

function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte > space) return false;
  return true;
}

function parse(bytes: Buffer, where: string, place = ''): unknown {
  if (!isUtf8(bytes)) throw new Error(`${where}${place} is not UTF-8; save the file as UTF-8`);
  try {
    return parseJson(bytes.toString('utf8'));
  } catch (error) {
    throw new Error(`${where} is not valid JSON:${place} ${(error as Error).message}`);
  }
}
