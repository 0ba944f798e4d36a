import { type FileHandle, open } from 'node:fs/promises';
import { replaceFile } from '../../base/replaceFile.js';
import { type Tensor, tf, type Variable } from '../../engine/tf.js';
import { dtypes, type TensorData, toBfloat16 } from './dtypes.js';
import { readHeader, type StoredEntry } from './header.js';
import { readShards } from './shards.js';
import type { Weights } from './weights.js';

/** A tensor of a file, on the host. */
export interface StoredTensor {
  dtype: string;
  shape: number[];
  /** Float types as Float32Array; I32 and I64 as Int32Array; U8 and BOOL as Uint8Array. */
  data: TensorData;
}

/** Bytes that are read at once where they have to be converted. */
const chunk = 1 << 20;

/**
 * All tensors of a safetensors file by name, each read once, straight into its own array.
 * @throws naming the file, and the tensor where there is one, as `readHeader`.
 */
export async function readTensors(path: string): Promise<Map<string, StoredTensor>> {
  const file = await open(path);
  try {
    const tensors = new Map<string, StoredTensor>();
    for (const entry of await readHeader(path, file)) {
      const data = await readData(path, file, entry);
      tensors.set(entry.name, { dtype: entry.dtype, shape: entry.shape, data });
    }
    return tensors;
  } finally {
    await file.close();
  }
}

async function readData(path: string, file: FileHandle, entry: StoredEntry): Promise<TensorData> {
  const dtype = dtypes.get(entry.dtype);
  if (!dtype) {
    throw new Error(
      `safetensors: ${path}: tensor "${entry.name}" has the unknown dtype ${entry.dtype}; read are ${[...dtypes.keys()].join(', ')}`,
    );
  }
  const { size, empty, convert } = dtype;
  const data = empty((entry.end - entry.begin) / size);
  const fill = async (bytes: Uint8Array, position: number) => {
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await file.read(bytes, at, bytes.length - at, position + at);
      if (bytesRead === 0) throw new Error(`safetensors: ${path} ends within tensor "${entry.name}"`);
      at += bytesRead;
    }
  };
  if (!convert) {
    await fill(new Uint8Array(data.buffer), entry.begin);
    return data;
  }
  const bytes = new Uint8Array(Math.min(chunk, entry.end - entry.begin));
  for (let from = entry.begin; from < entry.end; from += chunk) {
    const part = bytes.subarray(0, Math.min(chunk, entry.end - from));
    await fill(part, from);
    data.set(convert(part), (from - entry.begin) / size);
  }
  return data;
}

/** A float tensor that is to be written; its values are asked for when their turn comes. */
export interface Writable {
  shape: number[];
  data: Float32Array | (() => Promise<Float32Array>);
}

/**
 * Writes float tensors to one safetensors file, sorted by name, one after the other; the file appears whole or not at
 * all.
 * @param options `dtype`: float32 (default), or bfloat16, half the size.
 */
export async function writeTensors(
  path: string,
  tensors: ReadonlyMap<string, Writable>,
  { dtype = 'float32' }: { dtype?: 'float32' | 'bfloat16' } = {},
): Promise<void> {
  const sorted = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
  await replaceFile(path, async (file) => {
    await file.writeFile(headerOf(sorted, dtype));
    for (const [, { data }] of sorted) {
      const values = typeof data === 'function' ? await data() : data;
      const stored = dtype === 'bfloat16' ? toBfloat16(values) : values;
      await file.writeFile(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength));
    }
    await file.sync();
  });
}

function headerOf(sorted: readonly [string, Writable][], dtype: 'float32' | 'bfloat16'): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let end = 0;
  for (const [name, { shape }] of sorted) {
    const begin = end;
    end += shape.reduce((product, n) => product * n, dtype === 'bfloat16' ? 2 : 4);
    header[name] = { dtype: dtype === 'bfloat16' ? 'BF16' : 'F32', shape, data_offsets: [begin, end] };
  }
  const text = Buffer.from(JSON.stringify(header));
  // The data begin at a multiple of 8 bytes, so that a reader may map them.
  const padded = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded]);
}

/** The parameters that a model wants of a file. */
export interface WantedWeights {
  shapes: ReadonlyMap<string, { shape: number[] }>;
  /** Other tensors that the file may have; they are not read. Without it the file may have none. */
  ignore?: (name: string) => boolean;
}

/**
 * Parameters of a safetensors file or of the shards of a `model.safetensors.index.json`, as variables. All headers are
 * checked before a tensor is made; then each tensor is read straight into the engine, so that one tensor at a time is
 * in memory twice at most.
 * @param wanted without it, all tensors of the file.
 * @throws when a file is damaged, a tensor is missing, of another shape, no float, or not wanted, or a shard lacks a
 *   tensor of the index; no tensor is left behind then.
 */
export async function readWeights(path: string, wanted?: WantedWeights): Promise<Weights> {
  const shards = path.endsWith('.json') ? await readShards(path) : { files: [path], names: [] };
  const files: { path: string; file: FileHandle; entries: StoredEntry[] }[] = [];
  const weights: Weights = new Map();
  try {
    for (const path of shards.files) {
      const file = await open(path);
      files.push({ path, file, entries: [] });
      files[files.length - 1].entries = await readHeader(path, file);
    }
    const placed = placesOf(path, files, shards.names, wanted);
    if (wanted) checkWanted(path, placed, wanted);
    for (const { path, file, entries } of files) {
      for (const entry of entries) {
        if (wanted && !wanted.shapes.has(entry.name)) continue;
        const data = (await readData(path, file, entry)) as Float32Array;
        const variable = variableOf(data, entry.shape);
        weights.set(entry.name, variable);
        moveIntoEngine(variable);
      }
    }
    return weights;
  } catch (error) {
    for (const variable of weights.values()) variable.dispose();
    throw error;
  } finally {
    for (const { file } of files) await file.close();
  }
}

/** Every tensor by name, with its file. */
function placesOf(
  index: string,
  files: readonly { path: string; entries: StoredEntry[] }[],
  promised: readonly string[],
  wanted: WantedWeights | undefined,
): Map<string, { path: string; shape: number[] }> {
  const places = new Map<string, { path: string; shape: number[] }>();
  for (const { path, entries } of files) {
    for (const { name, dtype, shape } of entries) {
      if (!/^(BF|F)/.test(dtype) && (!wanted || wanted.shapes.has(name))) {
        throw new Error(
          `safetensors: ${path}: tensor "${name}" is not a float tensor, but ${dtype}; weights have to be`,
        );
      }
      if (places.has(name))
        throw new Error(`safetensors: ${path}: tensor "${name}" is in another shard, too`);
      places.set(name, { path, shape });
    }
  }
  for (const name of promised) {
    if (!places.has(name)) {
      throw new Error(`safetensors: ${index} names the tensor "${name}", but no shard has it`);
    }
  }
  return places;
}

function checkWanted(
  path: string,
  places: ReadonlyMap<string, { path: string; shape: number[] }>,
  { shapes, ignore = () => false }: WantedWeights,
): void {
  for (const [name, { shape }] of shapes) {
    const place = places.get(name);
    if (!place) throw new Error(`safetensors: ${path} lacks the parameter "${name}" [${shape}]`);
    if (String(place.shape) !== String(shape)) {
      throw new Error(
        `safetensors: ${place.path}: the parameter "${name}" is [${place.shape}], expected [${shape}]`,
      );
    }
  }
  for (const [name, { path: file, shape }] of places) {
    if (!shapes.has(name) && !ignore(name)) {
      throw new Error(
        `safetensors: ${file}: "${name}" [${shape}] is not a parameter of this model; ` +
          'the weights and config.json do not belong together',
      );
    }
  }
}

/** A variable of these values. */
export function variableOf(data: Float32Array, shape: number[]) {
  return tf.tidy(() => tf.variable(tf.tensor(data, shape) as Tensor));
}

/**
 * Engines copy the values of a new tensor when an operation first reads it, and forget the array then. Were it left to
 * the first batch, all arrays would wait for the garbage collector together, beside all copies.
 */
function moveIntoEngine(variable: Variable): void {
  if (variable.size > 0) tf.tidy(() => void tf.slice(tf.reshape(variable, [-1]), 0, 1));
}

/** Writes parameters to one safetensors file, as `writeTensors`; one at a time is on the host. */
export async function writeWeights(
  path: string,
  weights: Weights,
  options: { dtype?: 'float32' | 'bfloat16' } = {},
): Promise<void> {
  const writable = [...weights].map(([name, variable]): [string, Writable] => [
    name,
    { shape: variable.shape, data: async () => (await variable.data()) as Float32Array },
  ]);
  await writeTensors(path, new Map(writable), options);
}
