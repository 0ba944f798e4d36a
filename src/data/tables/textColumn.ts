import type { Column } from './column.js';
import { CodedTexts, Texts } from './texts.js';

/** For how many values there is room at first: a table may have very many columns. */
const first = 4;

/** So many rows of numbers, nearly all of them different: it is of no use to know which are equal. */
const manyNumbers = 2 ** 16;

/** The texts of a column, found in bytes: equal ones are told by their codes. */
export class TextColumn {
  /** How many rows there are. */
  private count = 0;
  /** The code of each row; of no use from where the column is one of numbers that differ: each row has its own text. */
  private codes = new Int32Array(first);
  private isCoded = true;
  /** By code: where its bytes are. */
  private distinct = 0;
  private starts = new Uint32Array(first);
  private ends = new Uint32Array(first);
  /** Hash and code + 1 of each text, beside each other at a place that its hash names, or the next one that was open; half stay so. */
  private places = new Int32Array(4 * first);
  private anyByte = 0;

  /** @param bytes which must stay as they are where texts have been read from them */
  constructor(private readonly bytes: Buffer) {}

  /** Adds the text of some bytes. */
  push(start: number, end: number): void {
    if (!this.isCoded) {
      this.add(start, end);
      this.count++;
      return;
    }
    const code = this.codeOf(start, end);
    if (this.count === this.codes.length)
      this.codes = longer(this.codes, new Int32Array(this.grown(this.count, end)));
    this.codes[this.count++] = code;
    if (this.count === manyNumbers && this.isOfNumbers()) this.uncode();
  }

  /** The column, whose codes are known where it is not one of numbers that differ. */
  end(): Column {
    const { count, distinct } = this;
    const texts = new Texts(
      this.bytes,
      this.starts.slice(0, distinct),
      this.ends.slice(0, distinct),
      this.isCoded && this.anyByte < 0x80,
    );
    return this.isCoded ? new CodedTexts(this.codes.slice(0, count), texts) : texts;
  }

  private codeOf(start: number, end: number): number {
    const { bytes } = this;
    let hash = 0x811c9dc5;
    let any = this.anyByte;
    for (let at = start; at < end; at++) {
      const byte = bytes[at];
      any |= byte;
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    this.anyByte = any;
    hash ^= hash >>> 15;
    const { places } = this;
    const mask = places.length - 1;
    let place = (2 * hash) & mask;
    for (; places[place + 1] !== 0; place = (place + 2) & mask)
      if (places[place] === hash && this.isText(places[place + 1] - 1, start, end))
        return places[place + 1] - 1;
    places[place] = hash;
    places[place + 1] = this.distinct + 1;
    const code = this.add(start, end);
    if (4 * this.distinct >= places.length) this.spread(this.grown(this.distinct, end));
    return code;
  }

  private isText(code: number, start: number, end: number): boolean {
    const { bytes, starts, ends } = this;
    let known = starts[code];
    if (ends[code] - known !== end - start) return false;
    for (let at = start; at < end; at++) if (bytes[at] !== bytes[known++]) return false;
    return true;
  }

  private add(start: number, end: number): number {
    const code = this.distinct++;
    if (code === this.starts.length) {
      const room = this.grown(code, end);
      this.starts = longer(this.starts, new Uint32Array(room));
      this.ends = longer(this.ends, new Uint32Array(room));
    }
    this.starts[code] = start;
    this.ends[code] = end;
    return code;
  }

  /** Makes room for the places of so many texts. */
  private spread(room: number): void {
    const { places: before } = this;
    const places = new Int32Array(2 ** Math.ceil(Math.log2(4 * room)));
    const mask = places.length - 1;
    for (let from = 0; from < before.length; from += 2) {
      if (before[from + 1] === 0) continue;
      let place = (2 * before[from]) & mask;
      while (places[place + 1] !== 0) place = (place + 2) & mask;
      places[place] = before[from];
      places[place + 1] = before[from + 1];
    }
    this.places = places;
  }

  /** Room for more values than so many up to a place: of a long column for as many as the rest of the bytes will have. */
  private grown(count: number, end: number): number {
    if (count < manyNumbers) return 2 * count;
    return Math.ceil(count * Math.max(1.25, (1.05 * this.bytes.length) / end));
  }

  private isOfNumbers(): boolean {
    const { bytes, starts, ends, distinct, count } = this;
    const last = bytes.toString('latin1', starts[distinct - 1], ends[distinct - 1]);
    return distinct > 0.9 * count && /^\s*[-+]?\.?\d/.test(last);
  }

  /** From codes to a text of each row. */
  private uncode(): void {
    const { codes, count, starts, ends } = this;
    this.isCoded = false;
    this.starts = new Uint32Array(codes.length);
    this.ends = new Uint32Array(codes.length);
    for (let row = 0; row < count; row++) {
      this.starts[row] = starts[codes[row]];
      this.ends[row] = ends[codes[row]];
    }
    this.distinct = count;
  }
}

/** The same numbers in a longer list. */
function longer<List extends Int32Array | Uint32Array>(values: List, into: List): List {
  into.set(values);
  return into;
}
