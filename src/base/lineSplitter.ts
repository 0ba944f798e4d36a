/** Cuts bytes that come in chunks into lines at each `\n`, and nowhere else; a line is a copy or a part of a chunk. */
export class LineSplitter {
  private before: Buffer[] = [];

  /** The lines that end in this chunk, without their ends. */
  *push(chunk: Buffer): Generator<Buffer> {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      const last = chunk.subarray(start, end);
      const line = this.before.length === 0 ? last : Buffer.concat([...this.before, last]);
      this.before = [];
      start = end + 1;
      yield line;
    }
    if (start < chunk.length) this.before.push(chunk.subarray(start));
  }

  /** What stands behind the last line's end. */
  get rest(): Buffer {
    return Buffer.concat(this.before);
  }
}
