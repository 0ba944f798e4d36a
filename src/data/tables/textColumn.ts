import type { ByteWords } from './byteWords.js';
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
  private readonly bytes: Buffer;
  /** Of gathered rows where their bytes begin and end, one behind the other. */
  private gathered = 0;
  private fields = new Uint32Array(2 * first);
  /** How many rows there are besides, and the code of each; none where each has a text of its own. */
  private count = 0;
  private codes: Int32Array | undefined = new Int32Array(first);
  /** How many texts there are, and where the bytes of each are, by code. */
  private distinct = 0;
  private starts = new Uint32Array(first);
  private ends = new Uint32Array(first);
  /**
   * Hash and code + 1 of each text, side by side at a place that its hash names, or the next one that was open; 3 of 8 stay so.
   * Not there while no text comes before the one above it, as the ids of clips do that are counted up: such are told apart by that.
   */
  private places: Int32Array | undefined;
  /** Whether it is settled that texts have codes. */
  private isSettled = false;

  /** @param words of bytes which must stay as they are where texts have been read from them */
  constructor(private readonly words: ByteWords) {
    this.bytes = words.bytes;
  }

  /** Adds the text of some bytes. */
  push(start: number, end: number): void {
    const { fields } = this;
    const at = 2 * this.gathered++;
    fields[at] = start;
    fields[at + 1] = end;
    if (this.gathered === batch) this.lookUp();
    else if (at + 2 === fields.length) this.fields = longer(fields, new Uint32Array(2 * fields.length));
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
    this.makeRoom(fields[2 * gathered - 1]);
    const { codes } = this;
    if (codes) {
      const rising = this.places ? 0 : this.follow(codes);
      if (rising < gathered) this.find(rising, codes, this.places ?? this.placed());
    } else {
      const { starts, ends, distinct } = this;
      for (let i = 0; i < gathered; i++) {
        starts[distinct + i] = fields[2 * i];
        ends[distinct + i] = fields[2 * i + 1];
      }
      this.distinct += gathered;
    }
    this.count += gathered;
    this.gathered = 0;
    if (!codes || !this.places || this.isSettled || this.count < manyNumbers) return;
    this.isSettled = true;
    if (this.isOfNumbers()) this.uncode(codes);
  }

  /** Gives rows their codes until a text comes that belongs before the last new one. @returns how many rows */
  private follow(codes: Int32Array): number {
    const { gathered, fields, words, starts, ends, count } = this;
    let { distinct } = this;
    let i = 0;
    for (; i < gathered; i++) {
      const start = fields[2 * i];
      const end = fields[2 * i + 1];
      const order = distinct === 0 ? 1 : words.compare(start, end, starts[distinct - 1], ends[distinct - 1]);
      if (order < 0) break;
      if (order > 0) {
        starts[distinct] = start;
        ends[distinct++] = end;
      }
      codes[count + i] = distinct - 1;
    }
    this.distinct = distinct;
    return i;
  }

  /** Gives rows from one on the codes of their texts. */
  private find(from: number, codes: Int32Array, places: Int32Array): void {
    const { gathered, fields, words, starts, ends, count } = this;
    let { distinct } = this;
    const mask = places.length - 1;
    for (let i = from; i < gathered; i++) {
      const start = fields[2 * i];
      const end = fields[2 * i + 1];
      const hash = words.hash(start, end);
      let place = (2 * hash) & mask;
      let code = places[place + 1] - 1;
      while (
        code >= 0 &&
        !(places[place] === hash && words.compare(starts[code], ends[code], start, end) === 0)
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
      codes[count + i] = code;
    }
    this.distinct = distinct;
  }

  /** The places of the texts that there are. */
  private placed(): Int32Array {
    const { words, starts, ends, distinct } = this;
    const hashed = new Int32Array(2 * distinct);
    for (let code = 0; code < distinct; code++) {
      hashed[2 * code] = words.hash(starts[code], ends[code]);
      hashed[2 * code + 1] = code + 1;
    }
    this.places = spread(hashed, placesFor(starts.length));
    return this.places;
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
    if (this.codes && this.places) this.places = spread(this.places, placesFor(room));
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
    this.places = undefined;
    this.starts = new Uint32Array(codes.length);
    this.ends = new Uint32Array(codes.length);
    for (let row = 0; row < count; row++) {
      this.starts[row] = starts[codes[row]];
      this.ends[row] = ends[codes[row]];
    }
    this.distinct = count;
  }
}

/** Open places for so many texts. */
const placesFor = (texts: number): Int32Array => new Int32Array(2 ** Math.ceil(Math.log2(3.2 * texts)));

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
