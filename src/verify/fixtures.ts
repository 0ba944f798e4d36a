import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readTensors, type StoredTensor } from '../model/weights/safetensors.js';

/** Typed reading of fixtures of plain data; errors name the file and the field. */
export class Fields {
  constructor(
    /** The file, and the field in it. */
    readonly where: string,
    readonly data: Readonly<Record<string, unknown>>,
  ) {}

  get names(): string[] {
    return Object.keys(this.data);
  }

  /** Whether the field is there and not null. */
  has(name: string): boolean {
    return this.data[name] !== undefined && this.data[name] !== null;
  }

  number(name: string): number {
    return this.get(name, 'a number', (value): value is number => typeof value === 'number');
  }

  /** Also `[1, [2, 3]]`: numbers in lists of any depth, as one list. */
  numbers(name: string): number[] {
    const flat = this.list(name).flat(Number.POSITIVE_INFINITY);
    if (flat.every((value) => typeof value === 'number')) return flat;
    throw new Error(`verify: ${this.where}: ${name} is no list of numbers`);
  }

  text(name: string): string {
    return this.get(name, 'a text', (value): value is string => typeof value === 'string');
  }

  list(name: string): unknown[] {
    return this.get(name, 'a list', (value): value is unknown[] => Array.isArray(value));
  }

  object(name: string): Fields {
    return new Fields(`${this.where}, ${name}`, this.get(name, 'an object', isObject));
  }

  objects(name: string): Fields[] {
    return this.list(name).map((item, i) => {
      const where = `${this.where}, ${name} ${i}`;
      if (!isObject(item)) throw new Error(`verify: ${where} is no object`);
      return new Fields(where, item);
    });
  }

  private get<T>(name: string, kind: string, is: (value: unknown) => value is T): T {
    const value = this.data[name];
    if (is(value)) return value;
    const received = value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60);
    throw new Error(`verify: ${this.where}: ${name} has to be ${kind}, received ${received}`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
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
  async json(...parts: string[]): Promise<Fields> {
    const where = parts.join('/');
    const text = await readFile(this.path(...parts), 'utf8').catch((error: Error) => {
      throw new Error(`verify: cannot read ${where}: ${error.message}`);
    });
    let data: unknown;
    try {
      data = JSON.parse(text);
    } catch (error) {
      throw new Error(`verify: ${where} is not JSON: ${(error as Error).message}`);
    }
    if (!isObject(data)) throw new Error(`verify: ${where} is no JSON object`);
    return new Fields(where, data);
  }

  /** @throws when the file is missing or damaged. */
  async tensors(...parts: string[]): Promise<Tensors> {
    const stored = await readTensors(this.path(...parts)).catch((error: Error) => {
      throw new Error(`verify: cannot read ${parts.join('/')}: ${error.message}`);
    });
    return new Tensors(parts.join('/'), stored);
  }
}
