import { runFfprobe } from './ffmpeg.js';

/** What a video file says about its picture. */
export interface VideoInfo {
  width: number;
  height: number;
  /** Pictures in the container. */
  frames: number;
  /** Frames per second, on average. */
  fps: number;
  /** Seconds. */
  duration: number;
  /** ffmpeg's name of the codec, for example "h264". */
  codec: string;
}

/**
 * Size, length and codec of a video file, read without decoding it.
 * @throws Error that names the path and ffprobe's reason when the file cannot be read or has no picture.
 */
export async function probe(path: string): Promise<VideoInfo> {
  const { streams, format } = await runFfprobe(path).catch((error: Error) => {
    throw new Error(`probe: cannot read ${path}: ${error.message}`);
  });
  const stream = streams.find((s) => s.codec_type === 'video' && !s.disposition?.attached_pic);
  if (!stream) {
    const kinds = streams.map((s) => s.codec_type).join(', ') || 'none';
    throw new Error(`probe: ${path} has no video stream (streams: ${kinds})`);
  }
  const [numerator, denominator] = String(stream.avg_frame_rate).split('/').map(Number);
  return {
    width: Number(stream.width),
    height: Number(stream.height),
    frames: Number(stream.nb_read_packets),
    fps: numerator / denominator,
    duration: Number(Number.isFinite(Number(stream.duration)) ? stream.duration : format.duration),
    codec: String(stream.codec_name),
  };
}
