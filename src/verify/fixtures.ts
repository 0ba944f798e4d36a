import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Json, JsonReader } from '../model/jsonReader.js';
import { readTensors, type StoredTensor } from '../model/weights/safetensors.js';

/** Typed reading of fixtures of plain data, whose numbers are of any size; errors name the file and the field. */
export class FixtureReader extends JsonReader {
  get names(): string[] {
    return Object.keys(this.json);
  }

  override number(name: string): number {
    return this.get<number>(name, undefined, (value) => typeof value === 'number', 'a number');
  }

  /** Also `[1, [2, 3]]`: numbers in lists of any depth, as one list. */
  numbers(name: string): number[] {
    const flat = this.list(name).flat(Number.POSITIVE_INFINITY);
    if (flat.every((value) => typeof value === 'number')) return flat;
    return this.refuse(name, 'a list of numbers');
  }

  list(name: string): unknown[] {
    return this.get<unknown[]>(name, undefined, Array.isArray, 'a list');
  }

  object(name: string): FixtureReader {
    return new FixtureReader(
      `${this.where}, ${name}`,
      this.get<Json>(name, undefined, isObject, 'an object'),
    );
  }

  objects(name: string): FixtureReader[] {
    return this.list(name).map((item, i) => {
      const where = `${this.where}, ${name} ${i}`;
      if (!isObject(item)) throw new Error(`${where} is not an object`);
      return new FixtureReader(where, item);
    });
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The tensors of a fixture file; errors name the file and the tensor. */
export class Tensors {
  constructor(
    private readonly where: string,
    private readonly stored: ReadonlyMap<string, StoredTensor>,
  ) {}

  get names(): string[] {
    return [...this.stored.keys()];
  }

  has(name: string): boolean {
    return this.stored.has(name);
  }

  get(name: string): StoredTensor {
    const tensor = this.stored.get(name);
    if (!tensor) throw new Error(`verify: ${this.where} has no tensor "${name}"`);
    return tensor;
  }

  floats(name: string): StoredTensor & { data: Float32Array } {
    const { data, ...rest } = this.get(name);
    if (data instanceof Float32Array) return { data, ...rest };
    throw new Error(`verify: ${this.where}: the tensor "${name}" is ${rest.dtype}, expected F32`);
  }

  bytes(name: string): StoredTensor & { data: Uint8Array } {
    const { data, ...rest } = this.get(name);
    if (data instanceof Uint8Array) return { data, ...rest };
    throw new Error(`verify: ${this.where}: the tensor "${name}" is ${rest.dtype}, expected U8`);
  }
}

/** A folder of fixtures. */
export class Fixtures {
  constructor(readonly folder: string) {}

  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  /** Names of the entries of a folder in it; none where there is no such folder. */
  async names(...parts: string[]): Promise<string[]> {
    const names = await readdir(this.path(...parts)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
      throw error;
    });
    return names.sort();
  }

  /** @throws when the file is missing or no JSON object. */
  async json(...parts: string[]): Promise<FixtureReader> {
    const where = parts.join('/');
    const text = await readFile(this.path(...parts), 'utf8').catch((error: Error) => {
      throw new Error(`verify: cannot read ${where}: ${error.message}`);
    });
    let data: unknown;
    try {
      data = JSON.parse(text);
    } catch (error) {
      throw new Error(`verify: ${where} is not valid JSON: ${(error as Error).message}`);
    }
    if (!isObject(data)) throw new Error(`verify: ${where} is not a JSON object`);
    return new FixtureReader(`verify: ${where}`, data);
  }

  /** @throws when the file is missing or damaged. */
  async tensors(...parts: string[]): Promise<Tensors> {
    const stored = await readTensors(this.path(...parts)).catch((error: Error) => {
      throw new Error(`verify: cannot read ${parts.join('/')}: ${error.message}`);
    });
    return new Tensors(parts.join('/'), stored);
  }
}
