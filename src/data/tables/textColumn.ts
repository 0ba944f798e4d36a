import type { Column } from './column.js';
import { CodedTexts, Texts } from './texts.js';

/** For how many values there is room at first: a table may have very many columns. */
const first = 4;

/** So many rows are gathered before their texts are looked up: one look-up need not wait for the memory of another. */
const batch = 1024;

/** So many rows of numbers, nearly all of them different: it is of no use to know which are equal. */
const manyNumbers = 2 ** 16;

/** The texts of a column, found in bytes: equal ones are told by their codes. */
export class TextColumn {
  /** Of gathered rows where their bytes begin and end, and the hash of these, one behind the other. */
  private gathered = 0;
  private fields = new Uint32Array(3 * first);
  /** How many rows there are besides, and the code of each; none where each has a text of its own. */
  private count = 0;
  private codes: Int32Array | undefined = new Int32Array(first);
  /** How many texts there are, and where the bytes of each are, by code. */
  private distinct = 0;
  private starts = new Uint32Array(first);
  private ends = new Uint32Array(first);
  /** Hash and code + 1 of each text, side by side at a place that its hash names, or the next one that was open; 3 of 8 stay so. */
  private places: Int32Array = new Int32Array(4 * first);

  /** @param bytes which must stay as they are where texts have been read from them */
  constructor(private readonly bytes: Buffer) {}

  /** Adds the text of some bytes. @param hash that of equal bytes is the same */
  push(start: number, end: number, hash: number): void {
    const { fields } = this;
    const at = 3 * this.gathered++;
    fields[at] = start;
    fields[at + 1] = end;
    fields[at + 2] = hash;
    if (this.gathered === batch) this.lookUp();
    else if (at + 3 === fields.length) this.fields = longer(fields, new Uint32Array(2 * fields.length));
  }

  /** The column, whose codes are known where it is not one of numbers that differ. */
  end(areAscii: boolean): Column {
    this.lookUp();
    const { bytes, codes, count, distinct } = this;
    const texts = new Texts(
      bytes,
      this.starts.subarray(0, distinct),
      this.ends.subarray(0, distinct),
      areAscii,
    );
    return codes ? new CodedTexts(codes.subarray(0, count), texts) : texts;
  }

  /** Finds the texts of the rows that were gathered. */
  private lookUp(): void {
    const { gathered, fields } = this;
    if (gathered === 0) return;
    const after = this.count + gathered;
    this.makeRoom(fields[3 * gathered - 2]);
    const { codes, places, bytes, starts, ends } = this;
    let { distinct } = this;
    if (!codes) {
      for (let at = 0; at < 3 * gathered; at += 3, distinct++) {
        starts[distinct] = fields[at];
        ends[distinct] = fields[at + 1];
      }
    } else {
      const mask = places.length - 1;
      for (let at = 0, row = this.count; at < 3 * gathered; at += 3, row++) {
        const [start, end, hash] = [fields[at], fields[at + 1], mixed(fields[at + 2])];
        let place = (2 * hash) & mask;
        let code = places[place + 1] - 1;
        while (
          code >= 0 &&
          !(places[place] === hash && areEqual(bytes, starts[code], ends[code], start, end))
        ) {
          place = (place + 2) & mask;
          code = places[place + 1] - 1;
        }
        if (code < 0) {
          code = distinct++;
          places[place] = hash;
          places[place + 1] = distinct;
          starts[code] = start;
          ends[code] = end;
        }
        codes[row] = code;
      }
    }
    this.distinct = distinct;
    this.count = after;
    this.gathered = 0;
    if (codes && after === manyNumbers && this.isOfNumbers()) this.uncode(codes);
  }

  /** Room for the rows that were gathered. @param end of their bytes */
  private makeRoom(end: number): void {
    const [rows, texts] = [this.count, this.distinct].map((count) => count + this.gathered);
    if (this.codes && this.codes.length < rows)
      this.codes = longer(this.codes, new Int32Array(this.grown(rows, end)));
    if (this.starts.length >= texts) return;
    const room = this.grown(texts, end);
    this.starts = longer(this.starts, new Uint32Array(room));
    this.ends = longer(this.ends, new Uint32Array(room));
    if (this.codes) this.places = spread(this.places, new Int32Array(2 ** Math.ceil(Math.log2(3.2 * room))));
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
  private uncode(codes: Int32Array): void {
    const { count, starts, ends } = this;
    this.codes = undefined;
    this.starts = new Uint32Array(codes.length);
    this.ends = new Uint32Array(codes.length);
    for (let row = 0; row < count; row++) {
      this.starts[row] = starts[codes[row]];
      this.ends[row] = ends[codes[row]];
    }
    this.distinct = count;
  }
}

/** A hash of which any bits tell as much as others (the last steps of MurmurHash3). */
function mixed(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Whether two stretches of bytes are equal. */
function areEqual(bytes: Buffer, start: number, end: number, otherStart: number, otherEnd: number): boolean {
  if (end - start !== otherEnd - otherStart) return false;
  for (let at = start, other = otherStart; at < end; at++, other++)
    if (bytes[at] !== bytes[other]) return false;
  return true;
}

/** The same pairs of hash and code in more places. */
function spread(before: Int32Array, places: Int32Array): Int32Array {
  const mask = places.length - 1;
  for (let from = 0; from < before.length; from += 2) {
    if (before[from + 1] === 0) continue;
    let place = (2 * before[from]) & mask;
    while (places[place + 1] !== 0) place = (place + 2) & mask;
    places[place] = before[from];
    places[place + 1] = before[from + 1];
  }
  return places;
}

/** The same numbers in a longer list. */
function longer<List extends Int32Array | Uint32Array>(values: List, into: List): List {
  into.set(values);
  return into;
}
