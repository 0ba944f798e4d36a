/** What the parts of the stream between this process and the one that starts tools, or a decoder, hold. */
export const kinds = {
  /** To it: a tool to be started, or a request, as JSON. From it: how the tool ended, or the answer, as JSON. */
  begin: 0,
  end: 1,
  /** To it: bytes for the tool's input; the empty part ends it. From it: they have been taken. */
  input: 2,
  kill: 3,
  /** And above, from it: bytes of the descriptor `kind - output`; of a decoder, pixels. */
  output: 16,
} as const;

const headerLength = 12;

/** A part's head: the number of the tool, the kind, the length. */
export function partHead(tool: number, kind: number, length: number): Buffer {
  const head = Buffer.allocUnsafe(headerLength);
  head.writeUInt32LE(tool, 0);
  head.writeUInt32LE(kind, 4);
  head.writeUInt32LE(length, 8);
  return head;
}

/** Is given a piece of a part, and whether it is the last one; what is JSON comes in one piece. */
export type OnPiece = (tool: number, kind: number, bytes: Buffer, last: boolean) => void;

/** Takes parts out of a stream. Pieces are views of its chunks, as long as these reach: nothing is copied. */
export class PartReader {
  private head = Buffer.alloc(0);
  private rest = 0;
  private json = Buffer.alloc(0);

  constructor(private readonly onPiece: OnPiece) {}

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length || (this.head.length === headerLength && this.rest === 0)) {
      if (this.head.length < headerLength) {
        const more = chunk.subarray(at, at + headerLength - this.head.length);
        this.head = Buffer.concat([this.head, more]);
        at += more.length;
        if (this.head.length < headerLength) return;
        this.rest = this.head.readUInt32LE(8);
      }
      const piece = chunk.subarray(at, at + this.rest);
      if (piece.length === 0 && this.rest > 0) return;
      at += piece.length;
      this.rest -= piece.length;
      const [tool, kind] = [this.head.readUInt32LE(0), this.head.readUInt32LE(4)];
      if (this.rest === 0) this.head = Buffer.alloc(0);
      const last = this.rest === 0;
      if (kind !== kinds.begin && kind !== kinds.end) this.onPiece(tool, kind, piece, last);
      else {
        const json = Buffer.concat([this.json, piece]);
        this.json = last ? Buffer.alloc(0) : json;
        if (last) this.onPiece(tool, kind, json, last);
      }
    }
  }
}
