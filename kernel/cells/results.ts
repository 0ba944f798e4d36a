/** So many values of cells are kept, the newest ones: they would hold their memory for as long as the kernel lives. */
export const keptResults = 50;

/** The values of cells: `_`, the latest, and `Out[n]`, that of the cell with the number n. */
export class Results {
  readonly #values = new Map<number, unknown>();
  #latest: unknown;

  /** What cells see, until one of them declares these names itself. */
  readonly variables: object;

  constructor() {
    const latest = () => this.#latest;
    const all = new Proxy(Object.create(null), {
      get: (_, key) => this.#at(key),
      has: (_, key) => typeof key === 'string' && this.#values.has(Number(key)),
      ownKeys: () => [...this.#values.keys()].map(String),
      getOwnPropertyDescriptor: (_, key) =>
        typeof key === 'string' && this.#values.has(Number(key))
          ? { value: this.#at(key), enumerable: true, configurable: true }
          : undefined,
    });
    this.variables = {
      __proto__: null,
      get _() {
        return latest();
      },
      get Out() {
        return all;
      },
    };
  }

  /** Keeps the value of a cell, and lets the oldest one go where there are too many. */
  keep(number: number, value: unknown): void {
    this.#latest = value;
    this.#values.delete(number);
    this.#values.set(number, value);
    if (this.#values.size > keptResults) this.#values.delete(this.#values.keys().next().value!);
  }

  #at(key: string | symbol): unknown {
    const number = typeof key === 'string' && /^\d+$/.test(key) ? Number(key) : undefined;
    if (number === undefined) return undefined;
    if (!this.#values.has(number))
      throw new RangeError(
        `Out[${number}]: that cell has given no value, or it is no longer kept: the newest ${keptResults} are`,
      );
    return this.#values.get(number);
  }
}
