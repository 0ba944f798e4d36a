/** What a frame counts besides its bytes: libzmq keeps 64 of its own for each, in pieces that the system does not get back. */
const frameCost = 1024;
const greetingLength = 64;
const [more, long, command] = [1, 2, 4];

/**
 * Follows the bytes of a client of ZeroMQ, and counts what its message holds so far: libzmq keeps all frames of a message
 * until its last one has come, and knows a limit of a frame only. Source: rfc.zeromq.org/spec/23 (ZMTP 3.0).
 */
export class Framing {
  readonly #limit: number;
  readonly #keeps: boolean;
  /** Bytes that are collected: of the greeting, then of each head of a frame. */
  #head = Buffer.alloc(greetingLength);
  #filled = 0;
  #wanted = greetingLength;
  #greeted = false;
  /** Bytes of the frame that are still to come, and whether it ends its message. */
  #body = 0;
  #last = true;
  #held = 0;

  /**
   * @param limit most bytes of a message, and 1 KiB for each of its frames
   * @param keeps whether all messages count together: subscriptions, which are kept
   */
  constructor(limit: number, keeps = false) {
    this.#limit = limit;
    this.#keeps = keeps;
  }

  /** Bytes that are held, as announced. */
  get held(): number {
    return this.#held;
  }

  /** Takes the next bytes. @returns whether they are of ZMTP 3, and their message within the limit */
  take(chunk: Buffer): boolean {
    let at = 0;
    while (at < chunk.length) {
      if (this.#body > 0) {
        const taken = Math.min(this.#body, chunk.length - at);
        this.#body -= taken;
        at += taken;
        if (this.#body === 0) this.#endFrame();
        continue;
      }
      const taken = Math.min(this.#wanted - this.#filled, chunk.length - at);
      chunk.copy(this.#head, this.#filled, at, at + taken);
      this.#filled += taken;
      at += taken;
      if (this.#filled === this.#wanted && !this.#takeHead()) return false;
    }
    return true;
  }

  #takeHead(): boolean {
    const head = this.#head;
    if (!this.#greeted) {
      this.#greeted = true;
      this.#expect(1);
      return head[0] === 0xff && head[9] === 0x7f && head[10] >= 3;
    }
    const flags = head[0];
    if (this.#wanted === 1) {
      this.#wanted = flags & long ? 9 : 2;
      return (flags & ~(more | long | command)) === 0;
    }
    const length = flags & long ? Number(head.readBigUInt64BE(1)) : head[1];
    this.#expect(1);
    this.#body = length;
    if (!(flags & command)) {
      this.#held += length + frameCost;
      this.#last = (flags & more) === 0;
    } else if (this.#keeps) {
      this.#held += length;
    }
    const fits = length <= this.#limit && this.#held <= this.#limit;
    if (length === 0) this.#endFrame();
    return fits;
  }

  #expect(wanted: number): void {
    this.#filled = 0;
    this.#wanted = wanted;
  }

  #endFrame(): void {
    if (this.#last && !this.#keeps) this.#held = 0;
  }
}
