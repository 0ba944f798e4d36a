import { type Frames, joinPpm } from '../../../data/video/ppm.js';
import { type SampleByTime, sampleByTime } from '../../../data/video/sampleByTime.js';
import type { VideoInfo } from '../../../data/video/videoInfo.js';
import { resizeRoundedOnce } from '../../input/resizeRoundedOnce.js';
import { framePixels, smartResize } from './smartResize.js';

/** What is kept of a clip for Qwen-VL. It loads no tensors: it is made in threads that read clips. */
export interface VideoSettings {
  sampling: SampleByTime;
  sizes: { factor: number; minPixels: number; maxPixels: number; totalPixels: number };
}

/** How the frames of a clip are read; the official pre-processing. */
export const reading = ({ sampling, sizes }: VideoSettings) => ({
  segments: (video: VideoInfo) => sampleByTime(video, sampling),
  transform: (video: Frames): Uint8Array => joinPpm(resizeVideo(video, sizes)),
  parameters: { sampling, sizes },
});

/** The frames of a video in the size that `smartResize` chooses. */
function resizeVideo(
  { frames, width, height }: Frames,
  limits: { factor: number; minPixels: number; maxPixels: number; totalPixels: number },
): Frames {
  const maxPixels = framePixels(frames.length, limits);
  const size = smartResize(width, height, { ...limits, maxPixels });
  return {
    ...size,
    frames: frames.map((rgb) => resizeRoundedOnce(rgb, width, height, size.width, size.height)),
  };
}
