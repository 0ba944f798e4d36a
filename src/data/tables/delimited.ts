const separators = [',', ';', '\t', '|'];
const [quote, lineFeed, carriageReturn] = [0x22, 0x0a, 0x0d];

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
  /** A hash of the bytes of each: equal texts have the same. */
  readonly hashes: number[] = [];
  /** All bytes of fields so far, one or another: below 128 where all are ASCII. */
  anyByte = 0;
  /** Whether a line end followed the row. */
  hasEnded = false;
  private at = 0;
  private readonly separator: number;

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
    const { bytes, separator, starts, ends, hashes } = this;
    const { length } = bytes;
    let { at, anyByte } = this;
    let width = 0;
    for (; ; at++) {
      let hash = 0;
      if (bytes[at] === quote) {
        starts[width] = at + 1;
        at = this.closingQuote(at + 1);
        ends[width] = this.end;
        for (let inside = starts[width]; inside < this.end; inside++) {
          anyByte |= bytes[inside];
          hash = hashed(hash, bytes[inside]);
        }
        at++;
      } else {
        starts[width] = at;
        for (; at < length; at++) {
          const byte = bytes[at];
          if (byte === separator || byte === lineFeed || byte === carriageReturn) break;
          anyByte |= byte;
          hash = hashed(hash, byte);
        }
        ends[width] = at;
      }
      hashes[width] = hash;
      width++;
      if (bytes[at] !== separator || at >= length) break;
    }
    this.anyByte = anyByte;
    this.width = width;
    this.hasEnded = at < length;
    if (at < length && bytes[at] !== lineFeed && bytes[at] !== carriageReturn) {
      this.fail(this.count, 'text follows a closing double quote; write a quote in quoted text twice');
    }
    this.at = at + (bytes[at] === carriageReturn && bytes[at + 1] === lineFeed ? 2 : 1);
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

/** 31 times the hash of what is before a byte, and the byte. */
const hashed = (hash: number, byte: number): number => ((hash << 5) - hash + byte) | 0;

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
