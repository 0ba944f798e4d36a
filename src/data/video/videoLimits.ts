import { totalmem } from 'node:os';

/** What a video may take before it is refused: a small file can announce one that takes all memory, or no end. */
export interface VideoLimits {
  /** Pixels of a frame. Default 8,192 x 8,192. */
  pixels: number;
  /** Frames of a clip. Default 200,000. */
  frames: number;
  /** Seconds of a clip. Default 7,200. */
  seconds: number;
  /** Bytes of a file. Default 16 GiB. */
  bytes: number;
  /** Bytes of memory of one ffmpeg, and of what is taken out of a clip. Default 8 GiB, at most half of the machine's. */
  memory: number;
  /** Seconds that ffmpeg may show no progress. Default 120. */
  idleSeconds: number;
  /** Seconds that one run of ffmpeg may take, whatever its progress. Default 3,600. */
  workSeconds: number;
}

const gib = 2 ** 30;

/** The limits in force; to change one, assign it: `sr.data.videoLimits.seconds = 20_000`, or `Infinity` for none. */
export const videoLimits: VideoLimits = {
  pixels: 1 << 26,
  frames: 200_000,
  seconds: 7_200,
  bytes: 16 * gib,
  memory: Math.min(8 * gib, Math.floor(totalmem() / 2)),
  idleSeconds: 120,
  workSeconds: 3_600,
};

const what: Record<keyof VideoLimits, (value: string) => string> = {
  pixels: (value) => `its frames have ${value} pixels each`,
  frames: (value) => `it has ${value} frames`,
  seconds: (value) => `it lasts ${value} seconds`,
  bytes: (value) => `it has ${value} bytes`,
  memory: (value) => `it takes ${value} bytes of memory`,
  idleSeconds: (value) => `ffmpeg has shown no progress for ${value} seconds`,
  workSeconds: (value) => `ffmpeg has worked on it for ${value} seconds`,
};

const written = (value: number) => Math.ceil(value).toLocaleString('en');

/** A video is above a limit. */
export class LimitError extends Error {}

/** Says which limit a video is above, and how to raise it. */
export function aboveLimit(name: keyof VideoLimits, value: number): LimitError {
  const { [name]: limit } = videoLimits;
  return new LimitError(
    `${what[name](written(value))}, above the limit of ${written(limit)}; ` +
      `if it is to be read, raise the limit: sr.data.videoLimits.${name} = ${Math.ceil(value)} ` +
      `(solireward score: --limit ${name}=${Math.ceil(value)})`,
  );
}

/** @throws Error that names the limit, for the first that is exceeded. */
export function checkLimits(values: Partial<VideoLimits>): void {
  for (const name of Object.keys(values) as (keyof VideoLimits)[]) {
    const value = values[name] as number;
    if (value > videoLimits[name]) throw aboveLimit(name, value);
  }
}
