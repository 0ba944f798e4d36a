/** Plain data of a JSON object. */
export type Json = Record<string, unknown>;

/** Typed reading of the fields of a JSON object; errors name the file and the field. A field of null counts as missing. */
export class JsonReader {
  constructor(
    private readonly where: string,
    private readonly json: Json,
  ) {}

  has(key: string): boolean {
    return this.json[key] !== undefined && this.json[key] !== null;
  }

  number(key: string, otherwise?: number): number {
    return this.get(
      key,
      otherwise,
      (value) => typeof value === 'number' && Number.isFinite(value),
      'a number',
    );
  }

  text(key: string, otherwise?: string): string {
    return this.get(key, otherwise, (value) => typeof value === 'string', 'a text');
  }

  flag(key: string, otherwise?: boolean): boolean {
    return this.get(key, otherwise, (value) => typeof value === 'boolean', 'true or false');
  }

  numbers(key: string, otherwise?: number[]): number[] {
    const all = (value: unknown) => Array.isArray(value) && value.every((item) => typeof item === 'number');
    return this.get(key, otherwise, all, 'a list of numbers');
  }

  section(key: string, otherwise?: Json): JsonReader {
    const object = (value: unknown) => typeof value === 'object' && !Array.isArray(value);
    return new JsonReader(`${this.where}, ${key}`, this.get(key, otherwise, object, 'an object'));
  }

  /** Throws that the field has a value that is not among the expected ones. */
  refuse(key: string, expected: string): never {
    throw new Error(`${this.where}: ${key} is ${JSON.stringify(this.json[key])}, expected ${expected}`);
  }

  private get<T>(key: string, otherwise: T | undefined, fits: (value: unknown) => boolean, what: string): T {
    const value = this.json[key] ?? otherwise;
    if (value === undefined) throw new Error(`${this.where}: the field ${key} is missing`);
    if (!fits(value)) this.refuse(key, what);
    return value as T;
  }
}
