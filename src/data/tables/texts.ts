import type { Column } from './column.js';
import { decimalsIn } from './decimal.js';

/** Texts in the bytes of a file. Each is made when it is asked for, once: most of a large table are never looked at. */
export class Texts implements Column {
  private made: (string | undefined)[] | undefined;

  /**
   * @param bytes must stay as they are
   * @param starts and `ends`: where the bytes of each are
   */
  constructor(
    readonly bytes: Buffer,
    readonly starts: Uint32Array,
    readonly ends: Uint32Array,
    private readonly areAscii: boolean,
  ) {}

  get length(): number {
    return this.starts.length;
  }

  at(index: number): string {
    this.made ??= new Array<string | undefined>(this.length);
    const known = this.made[index];
    if (known !== undefined) return known;
    const encoding = this.areAscii ? 'latin1' : 'utf8';
    const text = this.bytes.toString(encoding, this.starts[index], this.ends[index]);
    this.made[index] = text;
    return text;
  }

  *[Symbol.iterator](): Generator<string> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
  }

  /** The numbers that the texts stand for where their bytes say so at once (`decimalsIn`), else NaN. */
  decimals(): Float64Array {
    return decimalsIn(this.bytes, this.starts, this.ends);
  }
}

/** Texts of rows: the code of each, and what each code is. Codes count up in the order in which texts come. */
export class CodedTexts implements Column {
  constructor(
    readonly codes: Int32Array,
    readonly values: Texts,
  ) {}

  get length(): number {
    return this.codes.length;
  }

  at(row: number): string {
    return this.values.at(this.codes[row]);
  }

  *[Symbol.iterator](): Generator<string> {
    for (const code of this.codes) yield this.values.at(code);
  }
}

/** The values of another column at some places, and what stands for a place below 0. */
export class Picked implements Column {
  constructor(
    private readonly values: Column,
    private readonly places: Int32Array,
    private readonly otherwise?: string,
  ) {}

  get length(): number {
    return this.places.length;
  }

  at(row: number): unknown {
    const place = this.places[row];
    return place < 0 ? this.otherwise : this.values.at(place);
  }

  *[Symbol.iterator](): Generator<unknown> {
    for (let row = 0; row < this.length; row++) yield this.at(row);
  }
}

/** Whether a column is one of texts that are made when they are asked for. */
export const isTexts = (column: unknown): column is Texts | CodedTexts =>
  column instanceof Texts || column instanceof CodedTexts;
