import { checkedInput } from '../data/video/clipInput.js';
import { runFfmpeg } from '../data/video/ffmpeg.js';
import { probe } from '../data/video/probe.js';

/** Side of the square that frames are shrunk to. */
const side = 32;
const mostFrames = 240;

/** What a score may follow instead of quality. */
export interface ClipMeasures {
  /** Seconds. */
  length: number;
  /** Mean luma of all frames, 0 (black) to 1 (white). */
  brightness: number;
  /** Mean absolute difference of luma from frame to frame, 0 to 1; 0 of a single frame. */
  motion: number;
}

/**
 * Length, brightness and motion of a clip, the last two on its first 240 frames at 32 x 32.
 * @throws {Error} that names the path for a file that cannot be read
 */
export async function clipMeasures(path: string): Promise<ClipMeasures> {
  const { duration } = await probe(path);
  const picture = ['-vf', `scale=${side}:${side}:flags=area,format=gray`, '-frames:v', String(mostFrames)];
  const input = ['-threads', '1', ...(await checkedInput(path)), '-map', '0:V:0'];
  const luma = await runFfmpeg([...input, ...picture, '-f', 'rawvideo', 'pipe:1']);
  const frame = side * side;
  let [sum, change] = [0, 0];
  for (let i = 0; i < luma.length; i++) {
    sum += luma[i];
    if (i >= frame) change += Math.abs(luma[i] - luma[i - frame]);
  }
  return {
    length: duration,
    brightness: sum / luma.length / 255,
    motion: luma.length > frame ? change / (luma.length - frame) / 255 : 0,
  };
}
