import { perceptualHash } from './perceptualHash.js';
import type { Frames } from './ppm.js';

/** Frames of a clip that are hashed. */
export const hashedFrames = 4;

/** How clips are read to be compared: the hashes of a few frames, one after the other. It is made in threads that read clips. */
export const reading = (_settings: unknown) => ({
  segments: hashedFrames,
  transform: ({ frames, width, height }: Frames): Uint8Array =>
    Buffer.concat(frames.map((rgb) => perceptualHash(rgb, width, height))),
  parameters: { hash: 'perceptual' },
});
