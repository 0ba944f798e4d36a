/** Values of a column: the code of each row, and what each code is; codes count up in the order in which values come. */
export interface Codes<T> {
  codes: Int32Array;
  values: readonly T[];
}

/** The codes of columns that were read with them. */
const known = new WeakMap<readonly unknown[], Codes<string>>();

/** The codes of a column's texts, where its reader has found them. */
export const codesOf = (column: readonly unknown[]): Codes<string> | undefined => known.get(column);

/** What is read of each value of a column; of equal ones once, where it is known which are. */
export function eachOnce<T>(column: readonly unknown[], read: (value: unknown) => T): T[] {
  const coded = codesOf(column);
  if (!coded) return column.map(read);
  return decoded({ codes: coded.codes, values: coded.values.map(read) });
}

/** The value of each row. */
function decoded<T>({ codes, values }: Codes<T>): T[] {
  const all = new Array<T>(codes.length);
  for (let row = 0; row < all.length; row++) all[row] = values[codes[row]];
  return all;
}

/** The different values of a column; those of all rows where it is not known which are equal. */
export const distinctOf = (column: readonly unknown[]): readonly unknown[] =>
  codesOf(column)?.values ?? column;

/** How many rows have each value of `distinctOf`; undefined where each is of one row. */
export function countsOf(column: readonly unknown[]): Uint32Array | undefined {
  const coded = codesOf(column);
  if (!coded) return undefined;
  const counts = new Uint32Array(coded.values.length);
  for (const code of coded.codes) counts[code]++;
  return counts;
}

/** The first row of a value of `distinctOf`. */
export const firstRowOf = (column: readonly unknown[], index: number): number =>
  codesOf(column)?.codes.indexOf(index) ?? index;

/** For how many values there is room at first: a table may have very many columns. */
const first = 4;

/** So many rows of numbers, nearly all of them different: it is of no use to know which are equal. */
const manyNumbers = 2 ** 16;

/** The texts of a column, read from bytes; of equal ones only the first is made. */
export class TextColumn {
  /** How many values there are. */
  private count = 0;
  /** The values of a column of numbers that differ; of another they are told by their codes. */
  private values: string[] | undefined;
  private codes = new Int32Array(first);
  private readonly distinct: string[] = [];
  /** By code: the hash of its bytes, and where they are. */
  private hashes = new Int32Array(first);
  private starts = new Uint32Array(first);
  private lengths = new Uint32Array(first);
  /** Codes by their hashes, with open places: 0, else the code and 1. Half of them stay open. */
  private places = new Int32Array(2 * first);

  /** @param bytes which must stay as they are where texts have been read from them */
  constructor(private readonly bytes: Buffer) {}

  /** Adds the text of some bytes. */
  push(start: number, end: number): void {
    const { bytes } = this;
    if (this.values) {
      this.values.push(bytes.toString('utf8', start, end));
      return;
    }
    let hash = 0x811c9dc5;
    let any = 0;
    for (let at = start; at < end; at++) {
      const byte = bytes[at];
      any |= byte;
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    hash ^= hash >>> 15;
    const code = this.find(hash, start, end) ?? this.add(hash, start, end, any < 0x80);
    if (this.count === this.codes.length) this.codes = longer(this.codes, new Int32Array(2 * this.count));
    this.codes[this.count++] = code;
    if (this.count === manyNumbers && this.isOfNumbers()) this.values = decoded(this.coded());
  }

  /** The column, whose codes are known from now on where it is not one of numbers that differ. */
  end(): readonly string[] {
    if (this.values) return this.values;
    const coded = this.coded();
    const values = decoded(coded);
    known.set(values, coded);
    return values;
  }

  private coded(): Codes<string> {
    return { codes: this.codes.slice(0, this.count), values: this.distinct };
  }

  private isOfNumbers(): boolean {
    const { distinct, count } = this;
    return distinct.length > 0.9 * count && /^\s*[-+]?\.?\d/.test(distinct[distinct.length - 1]);
  }

  private find(hash: number, start: number, end: number): number | undefined {
    const { bytes, places, hashes, starts, lengths } = this;
    const length = end - start;
    const mask = places.length - 1;
    for (let place = hash & mask; places[place] !== 0; place = (place + 1) & mask) {
      const code = places[place] - 1;
      if (hashes[code] !== hash || lengths[code] !== length) continue;
      let [a, b] = [start, starts[code]];
      while (a < end && bytes[a] === bytes[b]) {
        a++;
        b++;
      }
      if (a === end) return code;
    }
    return undefined;
  }

  private add(hash: number, start: number, end: number, isAscii: boolean): number {
    const { distinct } = this;
    const code = distinct.push(this.bytes.toString(isAscii ? 'latin1' : 'utf8', start, end)) - 1;
    if (code === this.hashes.length) {
      this.hashes = longer(this.hashes, new Int32Array(2 * code));
      this.starts = longer(this.starts, new Uint32Array(2 * code));
      this.lengths = longer(this.lengths, new Uint32Array(2 * code));
      this.places = new Int32Array(4 * code);
      for (let known = 0; known < code; known++) this.place(known);
    }
    this.hashes[code] = hash;
    this.starts[code] = start;
    this.lengths[code] = end - start;
    this.place(code);
    return code;
  }

  private place(code: number): void {
    const { places, hashes } = this;
    const mask = places.length - 1;
    let place = hashes[code] & mask;
    while (places[place] !== 0) place = (place + 1) & mask;
    places[place] = code + 1;
  }
}

/** The same numbers in a longer list. */
function longer<List extends Int32Array | Uint32Array>(values: List, into: List): List {
  into.set(values);
  return into;
}
