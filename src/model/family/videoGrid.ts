/** A video as its patches: t temporal patches of h rows and w columns each, as the official `video_grid_thw`. */
export interface VideoGrid {
  t: number;
  h: number;
  w: number;
  /** Seconds from one temporal patch to the next, for Qwen2.5-VL; the official pipeline always says 1. */
  secondsPerGrid: number;
}

/** Patches of a video. */
export const patchesOf = ({ t, h, w }: VideoGrid): number => t * h * w;

/** Visual tokens of a video whose blocks of `merge` x `merge` patches become one each. */
export const tokensOf = (grid: VideoGrid, merge: number): number => patchesOf(grid) / merge ** 2;
