import type { FileHandle } from 'node:fs/promises';
import { placeholderOf } from '../../base/placeholder.js';
import { dtypes } from './dtypes.js';

/** Where a tensor is in a safetensors file. */
export interface StoredEntry {
  name: string;
  dtype: string;
  shape: number[];
  /** Bytes from the start of the file. */
  begin: number;
  end: number;
}

/** A header larger than this is not believed: the published 1B model has one of 60 kB. */
const largestHeader = 100 * 2 ** 20;

/**
 * The tensors of a safetensors file, in the order of their bytes. Only the header is read.
 * @throws naming the file, and the tensor where there is one: truncated, offsets that overlap, leave gaps or the file,
 *   or do not fit the shape, an unknown dtype, a name that is there twice, a header that is not what it says.
 */
export async function readHeader(path: string, file: FileHandle): Promise<StoredEntry[]> {
  // Names and shapes may be of any length.
  const fail = (why: string) => new Error(`safetensors: ${path}: ${why.slice(0, 1000)}`);
  const { size } = await file.stat();
  const head = Buffer.alloc(Math.min(size, 512));
  await file.read(head, 0, head.length, 0);
  const placeholder = placeholderOf(head);
  if (placeholder) throw new Error(`safetensors: ${path} ${placeholder}`);
  if (size < 8) throw fail(`${size} bytes are too few for a safetensors file`);
  const length = Buffer.alloc(8);
  await file.read(length, 0, 8, 0);
  const headerSize = Number(length.readBigUInt64LE());
  if (headerSize > largestHeader || 8 + headerSize > size) {
    throw fail(
      `a header of ${headerSize} bytes in a file of ${size}; it is truncated, or not a safetensors file`,
    );
  }
  const bytes = Buffer.alloc(headerSize);
  await file.read(bytes, 0, headerSize, 8);
  const header = parseHeader(bytes.toString('utf8'), fail);

  const start = 8 + headerSize;
  const entries = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => checkEntry(fail, name, entry, size - start))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let end = 0;
  for (const entry of entries) {
    if (entry.begin < end) throw fail(`tensor "${entry.name}" overlaps the one before it`);
    if (entry.begin > end) {
      throw fail(`${entry.begin - end} bytes before tensor "${entry.name}" belong to no tensor`);
    }
    end = entry.end;
  }
  if (end < size - start) throw fail(`${size - start - end} bytes after the last tensor belong to no tensor`);
  return entries.map((entry) => ({ ...entry, begin: start + entry.begin, end: start + entry.end }));
}

function parseHeader(text: string, fail: (why: string) => Error): object {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    throw fail(`the header is not valid JSON (${(error as Error).message})`);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw fail('the header is not a JSON object');
  }
  const twice = repeatedKey(text);
  if (twice !== undefined) throw fail(`tensor "${twice}" is there twice`);
  return header;
}

/** A key that a JSON object has twice (`JSON.parse` keeps the last one without a word). */
function repeatedKey(json: string): string | undefined {
  const keys = new Set<string>();
  let depth = 0;
  for (const [token, colon] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}]/g)) {
    if (token === '{') depth++;
    else if (token === '}') depth--;
    else if (colon && depth === 1) {
      const key = JSON.parse(token.slice(0, -colon.length));
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}

/** A checked entry; its place is in bytes from the start of the data. */
function checkEntry(
  fail: (why: string) => Error,
  name: string,
  entry: { dtype?: unknown; shape?: unknown; data_offsets?: unknown } | null,
  dataSize: number,
): StoredEntry {
  const { dtype, shape, data_offsets: offsets } = entry ?? {};
  // What is of no dtype that is read, such as F8_E4M3, is an error only where it is wanted.
  const size = dtypes.get(String(dtype))?.size;
  if (typeof dtype !== 'string') throw fail(`tensor "${name}" has the unknown dtype ${dtype}`);
  if (!isNaturals(shape)) throw fail(`tensor "${name}" has no proper shape`);
  if (!isNaturals(offsets) || offsets.length !== 2) throw fail(`tensor "${name}" has no proper offsets`);
  const [begin, end] = offsets;
  if (begin > end || end > dataSize) {
    throw fail(
      `tensor "${name}" lies at ${begin}..${end} of ${dataSize} bytes; the file is truncated or damaged`,
    );
  }
  const expected = size && shape.reduce((product, n) => product * n, size);
  if (expected !== undefined && end - begin !== expected) {
    throw fail(`tensor "${name}" [${shape}] of ${dtype} needs ${expected} bytes, but has ${end - begin}`);
  }
  return { name, dtype: String(dtype), shape, begin, end };
}

function isNaturals(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}
