import { readFileSync } from 'node:fs';
import { runFfmpeg } from '../../src/data/video/ffmpeg.js';
import { goldenPath } from './goldenFolder.js';
import { shared } from './shared.js';

/** What the development fixtures say about a clip. */
export interface GoldenClip {
  clip: string;
  width: number;
  height: number;
  fps: number;
  codec: string;
  frame_count: number;
  sampled_indices: Record<string, number[]>;
  picked_frames: number[];
  png: string[];
  frame_mean_rgb: number[][];
}

export interface GoldenPreprocess {
  clips: GoldenClip[];
  qwen: { constants: Record<string, number> };
}

/** The official settings, and tables that `verify` reads. */
export const goldenPreprocess = (): Omit<GoldenPreprocess, 'clips'> =>
  JSON.parse(readFileSync(goldenPath('preprocess', 'preprocess.json'), 'utf8'));

/** Real clips with their pictures: for tests within `describeShared(..., 'golden')`. */
export const goldenClips = (): GoldenClip[] =>
  JSON.parse(readFileSync(shared('golden', 'preprocess', 'preprocess.json'), 'utf8')).clips;

/** Path of the clip itself. */
export const clipPath = (clip: GoldenClip): string => shared('data', clip.clip);

/** RGB24 of the clip's j-th picked frame, from its PNG: lossless, so no conversion is involved. */
export const pngPixels = (clip: GoldenClip, j: number): Promise<Uint8Array> =>
  runFfmpeg([
    ...['-i', shared('golden', 'preprocess', clip.png[j])],
    ...['-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'],
  ]);

/** The tensors that belong to a clip. */
export const clipTensors = (clip: GoldenClip) =>
  tensorsOf(
    shared('golden', 'preprocess', `${clip.clip.replace(/.*\//, '').replace('.mp4', '')}.safetensors`),
  );

/** Reads the U8 and F32 tensors of a safetensors file. */
export function tensorsOf(
  file: string,
): Record<string, { shape: number[]; data: Uint8Array | Float32Array }> {
  const bytes = readFileSync(file);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, start).toString());
  delete header.__metadata__;
  return Object.fromEntries(
    Object.entries<{ dtype: string; shape: number[]; data_offsets: [number, number] }>(header).map(
      ([name, { dtype, shape, data_offsets }]) => {
        const data = new Uint8Array(bytes.subarray(start + data_offsets[0], start + data_offsets[1]));
        return [name, { shape, data: dtype === 'F32' ? new Float32Array(data.buffer) : data }];
      },
    ),
  );
}
