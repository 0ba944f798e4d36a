import { shown } from '../data/tables/vocabulary.js';
import type { Range } from './bounds.js';

/** Plain data of a JSON object. */
export type Json = Record<string, unknown>;

/** Typed reading of the fields of a JSON object; errors name the file and the field. A field of null counts as missing. */
export class JsonReader {
  constructor(
    readonly where: string,
    protected readonly json: Json,
  ) {}

  has(key: string): boolean {
    return this.json[key] !== undefined && this.json[key] !== null;
  }

  /** A number within a range. */
  number(key: string, [least, most]: Range, otherwise?: number): number {
    const fits = (value: unknown) => typeof value === 'number' && value >= least && value <= most;
    return this.get(key, otherwise, fits, `a number from ${least} to ${most}`);
  }

  /** A whole number within a range. */
  whole(key: string, [least, most]: Range, otherwise?: number): number {
    const fits = (value: unknown) =>
      Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
    return this.get(key, otherwise, fits, `a whole number from ${least} to ${most}`);
  }

  /** A whole number within a range of which another field, which is read already, is a multiple. */
  divisor(key: string, range: Range, multiple: { name: string; value: number }, otherwise?: number): number {
    const value = this.whole(key, range, otherwise);
    if (multiple.value % value !== 0)
      this.refuse(key, `a divisor of ${multiple.name}, ${multiple.value}`, value);
    return value;
  }

  text(key: string, otherwise?: string): string {
    return this.get(key, otherwise, (value) => typeof value === 'string', 'a text');
  }

  flag(key: string, otherwise?: boolean): boolean {
    return this.get(key, otherwise, (value) => typeof value === 'boolean', 'true or false');
  }

  /** A list of at most `most` whole numbers within a range. */
  wholes(key: string, range: Range, most: number, otherwise?: number[]): number[] {
    const [from, to] = range;
    const fits = (value: unknown) =>
      Array.isArray(value) &&
      value.length <= most &&
      value.every((item) => Number.isInteger(item) && item >= from && item <= to);
    return this.get(key, otherwise, fits, `a list of at most ${most} whole numbers from ${from} to ${to}`);
  }

  section(key: string, otherwise?: Json): JsonReader {
    const object = (value: unknown) => typeof value === 'object' && !Array.isArray(value);
    return new JsonReader(`${this.where}, ${key}`, this.get(key, otherwise, object, 'an object'));
  }

  /** Throws that the field has a value that is not among the expected ones. */
  refuse(key: string, expected: string, value = this.json[key]): never {
    throw new Error(`${this.where}: ${key} is ${shown(value)}, expected ${expected}`);
  }

  protected get<T>(
    key: string,
    otherwise: T | undefined,
    fits: (value: unknown) => boolean,
    what: string,
  ): T {
    const value = this.json[key] ?? otherwise;
    if (value === undefined) throw new Error(`${this.where}: the field ${key} is missing`);
    if (!fits(value)) this.refuse(key, what, value);
    return value as T;
  }
}
