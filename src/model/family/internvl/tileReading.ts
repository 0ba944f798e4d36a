import type { Frames } from '../../../data/video/ppm.js';
import { type TileOptions, tileFrame } from './tiles.js';

/** What is kept of a clip for InternVL. It loads no tensors: it is made in threads that read clips. */
export interface TileSettings {
  /** Frames of a clip. */
  segments: number;
  tiling: TileOptions;
}

/** How the tiles of a clip are read; the official pre-processing. */
export const reading = ({ segments, tiling }: TileSettings) => ({
  segments,
  transform: ({ frames, width, height }: Frames): Uint8Array =>
    Buffer.concat(frames.map((rgb) => tileFrame(rgb, width, height, tiling).tiles)),
  parameters: { tiling },
});
