/** Frames of one size: RGB24, each Uint8Array [height, width, 3]. */
export interface Frames {
  /** Pixels of a row. */
  width: number;
  /** Rows of a frame. */
  height: number;
  /** The frames, in the order of the clip. */
  frames: Uint8Array[];
}

/**
 * Splits PPM images ("P6", 8 bits) that follow each other, as ffmpeg's `image2pipe` writes them. The frames
 * are views of `bytes`. A PPM header carries the size, so a stream of them needs no other description.
 * @throws Error when the bytes are not such a sequence.
 */
export function splitPpm(bytes: Uint8Array): Frames {
  const result: Frames = { width: 0, height: 0, frames: [] };
  for (let at = 0; at < bytes.length; ) {
    const header = Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(40, bytes.length - at));
    const match = header.toString('latin1').match(/^P6\n(\d+) (\d+)\n255\n/);
    if (!match) throw new Error(`splitPpm: expected a PPM header at byte ${at} of ${bytes.length}`);
    result.width = Number(match[1]);
    result.height = Number(match[2]);
    const start = at + match[0].length;
    at = start + result.width * result.height * 3;
    if (at > bytes.length) {
      throw new Error(`splitPpm: frame ${result.frames.length} ends ${at - bytes.length} bytes early`);
    }
    result.frames.push(bytes.subarray(start, at));
  }
  return result;
}

/** Frames as PPM images that follow each other, as `splitPpm` reads them. */
export function joinPpm({ width, height, frames }: Frames): Uint8Array {
  const header = Buffer.from(`P6\n${width} ${height}\n255\n`);
  return Buffer.concat(frames.flatMap((frame) => [header, frame]));
}
