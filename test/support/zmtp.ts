// The bytes of a ZeroMQ client, for tests. ZMTP 3: a greeting of 64 bytes, a READY command of each side, then frames
// (rfc.zeromq.org/spec/23).

/** Flags of a frame. */
export const [more, command] = [1, 4];

export const greeting = (mechanism = 'NULL', version = 3): Buffer =>
  Buffer.concat([
    Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, version, 0]),
    Buffer.from(mechanism.padEnd(20, '\0')),
    Buffer.alloc(32),
  ]);

/** A frame, with a short or a long head. */
export function frame(body: Buffer | string, flags = 0): Buffer {
  const bytes = Buffer.from(body as string);
  if (bytes.length < 256) return Buffer.concat([Buffer.from([flags, bytes.length]), bytes]);
  return Buffer.concat([announce(BigInt(bytes.length), flags), bytes]);
}

/** The head of a long frame. */
export function announce(length: bigint, flags = 0): Buffer {
  const head = Buffer.alloc(9);
  head[0] = flags | 2;
  head.writeBigUInt64BE(length, 1);
  return head;
}
