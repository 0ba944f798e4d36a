import { roundHalfToEven } from '../../base/roundHalfToEven.js';

/** How many frames are taken of a video. */
export interface SampleByTime {
  /** Frames of a second. */
  fps: number;
  minFrames: number;
  maxFrames: number;
  /** The number of frames is a multiple of it. */
  multiple: number;
}

/**
 * Indices of frames evenly spaced in a video, the first and the last included: `fps` a second, within limits.
 *
 *   n = frames / videoFps · fps, at least minFrames, at most maxFrames and frames, down to a multiple
 *   index_i = round(i (frames - 1) / (n - 1)), halves to even
 *
 * Source: official implementation (qwen-vl-utils, `smart_nframes`).
 * @throws Error when the video is too short, or its frame rate is unknown.
 */
export function sampleByTime(
  video: { frames: number; fps: number },
  { fps, minFrames, maxFrames, multiple }: SampleByTime,
): number[] {
  const { frames } = video;
  if (!(video.fps > 0)) throw new Error(`sampleByTime: the video has no frame rate, received ${video.fps}`);
  const least = Math.ceil(minFrames / multiple) * multiple;
  const most = Math.floor(Math.min(maxFrames, frames) / multiple) * multiple;
  const wanted = Math.min(Math.max((frames / video.fps) * fps, least), most, frames);
  const count = Math.floor(wanted / multiple) * multiple;
  if (count < multiple) {
    throw new Error(`sampleByTime: the video has ${frames} frames, expected at least ${multiple}`);
  }
  return Array.from({ length: count }, (_, i) => roundHalfToEven((i * (frames - 1)) / (count - 1)));
}
