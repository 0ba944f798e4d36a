const separators = [',', ';', '\t', '|'];
const [quote, lineFeed, carriageReturn] = [0x22, 0x0a, 0x0d];

const fourTimes = (byte: number): number => Math.imul(byte, 0x01010101);
const [lineFeeds, carriageReturns] = [lineFeed, carriageReturn].map(fourTimes);

/** The top bit of each zero byte of a word, up to the first: above it other bits may be set, too (Mycroft 1987). */
const zeros = (word: number): number => (word - 0x01010101) & ~word & 0x80808080;

/**
 * Rows of fields with a separator between them, of UTF-8 bytes. Text may be in double quotes, where "" is a quote and line
 * breaks stand for themselves. Blank lines are no rows. Bytes are read, and not texts: most fields of a large table are
 * known already, and need no text of their own.
 */
export class DelimitedRows {
  /** Rows so far, the header's too; while one is read, its number. */
  count = 0;
  /** How many fields the row has. */
  width = 0;
  /** Where each field of the row begins and ends in the bytes, without its quotes. */
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  /** Whether a line end followed the row. */
  hasEnded = false;
  private at = 0;
  private readonly separator: number;
  /** The separator four times. */
  private readonly separatorWord: number;
  private readonly words: DataView;
  /** From here on there are fewer than four bytes. */
  private readonly lastWord: number;

  /**
   * @param bytes doubled quotes in them are written as single ones where they are read.
   * @param separator a character of ASCII
   * @param fail throws the error of a row.
   */
  constructor(
    readonly bytes: Buffer,
    separator: string,
    private readonly fail: (row: number, what: string) => never,
  ) {
    this.separator = separator.charCodeAt(0);
    this.separatorWord = fourTimes(this.separator);
    this.words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.lastWord = bytes.length - 4;
  }

  /** Reads the next row. @returns false where there is none. @throws as `fail`, for a quote out of place */
  next(): boolean {
    while (this.at < this.bytes.length) {
      this.readRow();
      if (this.width === 1 && this.field(0).trim() === '') continue;
      this.count++;
      return true;
    }
    return false;
  }

  /** The text of a field of the row. */
  field(index: number): string {
    return this.bytes.toString('utf8', this.starts[index], this.ends[index]);
  }

  private readRow(): void {
    const { bytes, separator, starts, ends } = this;
    const { length } = bytes;
    let { at } = this;
    let width = 0;
    for (; ; at++) {
      if (bytes[at] === quote) {
        starts[width] = at + 1;
        at = this.closingQuote(at + 1);
        ends[width] = this.end;
        at++;
      } else {
        starts[width] = at;
        at = this.fieldEnd(at);
        ends[width] = at;
      }
      width++;
      if (bytes[at] !== separator || at >= length) break;
    }
    this.width = width;
    this.hasEnded = at < length;
    if (at < length && bytes[at] !== lineFeed && bytes[at] !== carriageReturn) {
      this.fail(this.count, 'text follows a closing double quote; write a quote in quoted text twice');
    }
    this.at = at + (bytes[at] === carriageReturn && bytes[at + 1] === lineFeed ? 2 : 1);
  }

  /** Where the next separator or line end is, or the end: looked for in four bytes at a time. */
  private fieldEnd(start: number): number {
    const { bytes, words, separator, separatorWord, lastWord } = this;
    let at = start;
    for (; at <= lastWord; at += 4) {
      const word = words.getInt32(at, true);
      const found = zeros(word ^ separatorWord) | zeros(word ^ lineFeeds) | zeros(word ^ carriageReturns);
      // The lowest bit is that of the first.
      if (found !== 0) return at + ((31 - Math.clz32(found & -found)) >> 3);
    }
    for (; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === separator || byte === lineFeed || byte === carriageReturn) break;
    }
    return at;
  }

  /** Where the quoted field that was read last ends, its quotes being single ones. */
  private end = 0;

  /** Where the quote is that closes a field. */
  private closingQuote(start: number): number {
    const { bytes } = this;
    let at = bytes.indexOf(quote, start);
    this.end = at;
    while (at >= 0 && bytes[at + 1] === quote) {
      const next = bytes.indexOf(quote, at + 2);
      // What follows the first of two quotes moves over the second.
      const until = next < 0 ? at + 2 : next;
      bytes[this.end] = quote;
      bytes.copyWithin(this.end + 1, at + 2, until);
      this.end += until - at - 1;
      at = next;
    }
    if (at >= 0) return at;
    return this.fail(
      this.count,
      'a double quote is opened and never closed; close it, or write a quote in quoted text twice',
    );
  }
}

/** Bytes of a table's beginning by which its separator is found. */
const sampleSize = 2 ** 16;

/**
 * The separator of a table: the usual one, unless the header has more fields by another, and so has the first row.
 * @param bytes of which the beginning is looked at; a line break in quotes is in few of its lines
 */
export function separatorOf(bytes: Buffer, usual: string): string {
  const sample = bytes.subarray(0, sampleSize);
  let best = usual;
  let most = widthsOf(sample, usual)[0] ?? 0;
  for (const separator of separators) {
    const [header, first = header] = widthsOf(sample, separator);
    if (header === undefined || header <= most || first !== header) continue;
    best = separator;
    most = header;
  }
  return best;
}

/** Numbers of fields of the first two rows, as far as quotes are closed. */
function widthsOf(sample: Buffer, separator: string): number[] {
  const widths: number[] = [];
  const stop = new Error('the rest is not looked at');
  const rows = new DelimitedRows(Buffer.from(sample), separator, () => {
    throw stop;
  });
  try {
    while (widths.length < 2 && rows.next()) widths.push(rows.width);
  } catch (error) {
    if (error !== stop) throw error;
  }
  return widths;
}
