const [wordFactor, lastFactor] = [0x85ebca6b, 0xc2b2ae35];

/**
 * Stretches of the bytes of a file, read four at a time: their order, whether they are equal, and a hash of each.
 */
export class ByteWords {
  private readonly words: DataView;
  /** From here on there are fewer than four bytes. */
  private readonly lastWord: number;

  constructor(readonly bytes: Buffer) {
    this.words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.lastWord = bytes.length - 4;
  }

  /** A number of 32 bits of which any tell as much as others; equal stretches have the same (after MurmurHash3). */
  hash(start: number, end: number): number {
    let hash = end - start;
    for (let at = start; at < end; at += 4) {
      hash = Math.imul(hash ^ this.word(at, end), wordFactor);
      hash ^= hash >>> 13;
    }
    hash = Math.imul(hash, lastFactor);
    return hash ^ (hash >>> 16);
  }

  /** Below 0 where the first stretch is shorter or, of two of one length, comes first byte by byte; 0 where they are equal. */
  compare(start: number, end: number, otherStart: number, otherEnd: number): number {
    const length = end - start;
    const otherLength = otherEnd - otherStart;
    if (length !== otherLength) return length - otherLength;
    for (let at = 0; at < length; at += 4) {
      const word = this.word(start + at, end);
      const other = this.word(otherStart + at, otherEnd);
      if (word !== other) return word - other;
    }
    return 0;
  }

  /** Up to four bytes as one number, the first the largest part; 0 in place of what is behind the end. */
  private word(at: number, end: number): number {
    const beyond = at + 4 - end;
    if (at > this.lastWord) return this.lastBytes(at, end);
    const word = this.words.getUint32(at);
    // A shift by 32 would be one by 0, but a stretch that is read has a byte at least.
    return beyond > 0 ? ((word >>> (8 * beyond)) << (8 * beyond)) >>> 0 : word;
  }

  private lastBytes(at: number, end: number): number {
    let word = 0;
    for (let i = 0; i < 4; i++) word = 256 * word + (at + i < end ? this.bytes[at + i] : 0);
    return word;
  }
}
