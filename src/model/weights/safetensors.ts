import { open, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Tensor, tf } from '../../engine/tf.js';
import type { Weights } from './weights.js';

/** A tensor of a file, on the host. */
export interface StoredTensor {
  dtype: string;
  shape: number[];
  /** Float types as Float32Array; I32 and I64 as Int32Array; U8 and BOOL as Uint8Array. */
  data: Float32Array | Int32Array | Uint8Array;
}

const bytesOf: Record<string, number> = { F64: 8, F32: 4, BF16: 2, F16: 2, I64: 8, I32: 4, U8: 1, BOOL: 1 };

/** A header larger than this is not believed: the published 1B model has one of 60 kB. */
const largestHeader = 100 * 2 ** 20;

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [begin: number, end: number];
}

/**
 * All tensors of a safetensors file by name, each read once, straight into its own array.
 * @throws naming the file, and the tensor where there is one: truncated, offsets that overlap, leave the file or do
 *   not fit the shape, unknown dtype, a header that is not what it says.
 */
export async function readTensors(path: string): Promise<Map<string, StoredTensor>> {
  const file = await open(path);
  try {
    const { header, dataStart } = await readHeader(path, file, (await file.stat()).size);
    const tensors = new Map<string, StoredTensor>();
    for (const [name, { dtype, shape, data_offsets }] of header) {
      const bytes = new Uint8Array(data_offsets[1] - data_offsets[0]);
      let at = 0;
      while (at < bytes.length) {
        const { bytesRead } = await file.read(bytes, at, bytes.length - at, dataStart + data_offsets[0] + at);
        if (bytesRead === 0) throw new Error(`safetensors: ${path} ends within tensor "${name}"`);
        at += bytesRead;
      }
      tensors.set(name, { dtype, shape, data: decode(dtype, bytes) });
    }
    return tensors;
  } finally {
    await file.close();
  }
}

type File = Awaited<ReturnType<typeof open>>;

async function readHeader(path: string, file: File, size: number) {
  const fail = (why: string) => new Error(`safetensors: ${path}: ${why}`);
  if (size < 8) throw fail(`${size} bytes are too few for a safetensors file`);
  const length = Buffer.alloc(8);
  await file.read(length, 0, 8, 0);
  const headerSize = Number(length.readBigUInt64LE());
  if (headerSize > largestHeader || 8 + headerSize > size) {
    throw fail(
      `a header of ${headerSize} bytes in a file of ${size}; it is truncated or no safetensors file`,
    );
  }
  const text = Buffer.alloc(headerSize);
  await file.read(text, 0, headerSize, 8);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.toString('utf8'));
  } catch (error) {
    throw fail(`the header is not JSON (${(error as Error).message})`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw fail('the header is not a JSON object');
  }
  const header = Object.entries(parsed as Record<string, Entry>).filter(([name]) => name !== '__metadata__');
  const dataSize = size - 8 - headerSize;
  for (const [name, entry] of header) checkEntry(fail, name, entry, dataSize);
  header.sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0]);
  let end = 0;
  for (const [name, { data_offsets }] of header) {
    if (data_offsets[0] < end) throw fail(`tensor "${name}" overlaps the one before it`);
    end = data_offsets[1];
  }
  return { header, dataStart: 8 + headerSize };
}

function checkEntry(fail: (why: string) => Error, name: string, entry: Entry, dataSize: number): void {
  const size = bytesOf[entry?.dtype];
  if (!size) throw fail(`tensor "${name}" has the unknown dtype ${entry?.dtype}`);
  const natural = (n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0;
  const { shape, data_offsets: offsets } = entry;
  if (!Array.isArray(shape) || !shape.every(natural)) throw fail(`tensor "${name}" has no proper shape`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(natural)) {
    throw fail(`tensor "${name}" has no proper offsets`);
  }
  const [begin, end] = offsets;
  if (begin > end || end > dataSize) {
    throw fail(
      `tensor "${name}" lies at ${begin}..${end} of ${dataSize} bytes; the file is truncated or damaged`,
    );
  }
  const expected = shape.reduce((product, n) => product * n, size);
  if (end - begin !== expected) {
    throw fail(
      `tensor "${name}" [${shape}] of ${entry.dtype} needs ${expected} bytes, but has ${end - begin}`,
    );
  }
}

function decode(dtype: string, bytes: Uint8Array): StoredTensor['data'] {
  const { buffer } = bytes;
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer);
    case 'F64':
      return Float32Array.from(new Float64Array(buffer));
    case 'I32':
      return new Int32Array(buffer);
    case 'I64':
      return Int32Array.from(new BigInt64Array(buffer), Number);
    case 'BF16':
      return fromBfloat16(new Uint16Array(buffer));
    case 'F16':
      return Float32Array.from(new Uint16Array(buffer), fromFloat16);
    default:
      return bytes;
  }
}

function fromBfloat16(halves: Uint16Array): Float32Array {
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) words[i] = halves[i] << 16;
  return new Float32Array(words.buffer);
}

function fromFloat16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** float32 to bfloat16, rounded to nearest, ties to even; NaN stays NaN. */
export function toBfloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(words, (word) =>
    (word & 0x7fffffff) > 0x7f800000 ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16,
  );
}

/**
 * Writes float tensors to one safetensors file, sorted by name; the file appears whole or not at all.
 * @param options `dtype`: float32 (default), or bfloat16, half the size.
 */
export async function writeTensors(
  path: string,
  tensors: ReadonlyMap<string, { shape: number[]; data: Float32Array }>,
  { dtype = 'float32' }: { dtype?: 'float32' | 'bfloat16' } = {},
): Promise<void> {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  const parts: Uint8Array[] = [];
  let end = 0;
  for (const [name, { shape, data }] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const stored = dtype === 'bfloat16' ? toBfloat16(data) : data;
    const bytes = new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
    header[name] = {
      dtype: dtype === 'bfloat16' ? 'BF16' : 'F32',
      shape,
      data_offsets: [end, end + bytes.length],
    };
    parts.push(bytes);
    end += bytes.length;
  }
  const text = Buffer.from(JSON.stringify(header));
  // The data begin at a multiple of 8 bytes, so that a reader may map them.
  const padded = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, [length, padded, ...parts]);
  await rename(temporary, path);
}

/**
 * Parameters of a safetensors file or of the shards of a `model.safetensors.index.json`, as variables.
 * @throws when a file is damaged or a shard lacks a tensor of the index; no tensor is left behind then.
 */
export async function readWeights(path: string): Promise<Weights> {
  const index = path.endsWith('.json') ? await shardsOf(path) : undefined;
  const weights: Weights = new Map();
  try {
    for (const file of index?.files ?? [path]) {
      for (const [name, { shape, data }] of await readTensors(file)) {
        if (!(data instanceof Float32Array)) {
          throw new Error(`safetensors: ${file}: tensor "${name}" is no float tensor; weights have to be`);
        }
        if (weights.has(name)) {
          throw new Error(`safetensors: ${file}: tensor "${name}" is in another shard, too`);
        }
        weights.set(name, variableOf(data, shape));
      }
    }
    for (const name of index?.names ?? []) {
      if (!weights.has(name))
        throw new Error(`safetensors: ${path} names the tensor "${name}", but no shard has it`);
    }
    return weights;
  } catch (error) {
    for (const variable of weights.values()) variable.dispose();
    throw error;
  }
}

/** A variable of these values. */
export function variableOf(data: Float32Array, shape: number[]) {
  return tf.tidy(() => tf.variable(tf.tensor(data, shape) as Tensor));
}

async function shardsOf(path: string): Promise<{ files: string[]; names: string[] }> {
  const map = weightMap(await readFile(path, 'utf8'));
  if (!map) throw new Error(`safetensors: ${path} has no weight_map; expected the index of a sharded model`);
  const shards = [...new Set(Object.values(map))];
  for (const shard of shards) {
    if (shard !== basename(shard) || shard === '..')
      throw new Error(`safetensors: ${path} points out of its folder, to "${shard}"`);
    const found = await stat(join(dirname(path), shard)).catch(() => undefined);
    if (!found?.isFile()) throw new Error(`safetensors: ${path} names the shard ${shard}, which is missing`);
  }
  return { files: shards.map((shard) => join(dirname(path), shard)), names: Object.keys(map) };
}

/** Shards by tensor names; undefined where the text is no index. */
function weightMap(text: string): Record<string, string> | undefined {
  try {
    const map = JSON.parse(text)?.weight_map;
    return Object.values(map).every((shard) => typeof shard === 'string') ? map : undefined;
  } catch {
    return undefined;
  }
}

/** Writes parameters to one safetensors file, as `writeTensors`. */
export async function writeWeights(
  path: string,
  weights: Weights,
  options: { dtype?: 'float32' | 'bfloat16' } = {},
): Promise<void> {
  const stored = new Map<string, { shape: number[]; data: Float32Array }>();
  for (const [name, variable] of weights) {
    stored.set(name, { shape: variable.shape, data: (await variable.data()) as Float32Array });
  }
  await writeTensors(path, stored, options);
}
