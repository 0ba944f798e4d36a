import { jupyterDisplay, type MimeBundle, mime } from '../base/host.js';
import { escapeHtml } from '../base/html.js';
import type { Clip } from '../data/clip.js';
import { runFfmpeg } from '../data/video/ffmpeg.js';
import { probe } from '../data/video/probe.js';
import { sampleFrames } from '../data/video/sampleFrames.js';
import type { RewardModel } from '../model/rewardModel.js';
import { type ClipOrRow, clipOf } from './clipOf.js';

/** White pixels between the tiles of a frame. */
const gap = 4;

/** Pictures up to this side are shown twice as large. */
const smallSide = 160;

/** A frame as a model sees it. */
export interface SeenFrame {
  /** Its place in the clip, from 0. */
  index: number;
  /** Its time in the clip. */
  seconds: number;
  /** RGB of each of its tiles, [height, width, 3]; of a family without tiles the one picture. */
  tiles: Uint8Array[];
}

/** What a model sees of a clip: a value that shows itself. */
export class SeenClip {
  constructor(
    /** The clip. */
    readonly clip: Clip,
    /** Pixels of a tile. */
    readonly width: number,
    /** Rows of a tile. */
    readonly height: number,
    /** The frames, in the order of the clip. */
    readonly frames: readonly SeenFrame[],
  ) {}

  /** `clip-1: 8 frames of 2 tiles of 448 x 448, at 0.10, 0.30 s`. */
  toString(): string {
    const { clip, width, height, frames } = this;
    const tiles = frames[0].tiles.length;
    const size = `${tiles > 1 ? `${tiles} tiles of ` : ''}${width} x ${height}`;
    const times = frames.map(({ seconds }) => seconds.toFixed(2)).join(', ');
    return `${clip.id}: ${frames.length} frames of ${size}, at ${times} s`;
  }

  /** The frames as pictures, each with its place and time. */
  async [jupyterDisplay](): Promise<MimeBundle> {
    const { width, height } = this;
    const figures: string[] = [];
    for (const { index, seconds, tiles } of this.frames) {
      const picture = await jpeg(
        sideBySide(tiles, width, height),
        tiles.length * (width + gap) - gap,
        height,
      );
      const scale = Math.max(width, height) <= smallSide ? 2 : 1;
      const shown = scale * (tiles.length * (width + gap) - gap);
      figures.push(
        `<figure style="margin:0;max-width:100%"><img src="data:image/jpeg;base64,${picture.toString('base64')}" alt="" ` +
          `style="width:${shown}px;max-width:100%;image-rendering:${scale > 1 ? 'pixelated' : 'auto'}">` +
          `<figcaption>frame ${index + 1} \u00b7 ${seconds.toFixed(2)} s</figcaption></figure>`,
      );
    }
    const style = 'display:flex;flex-wrap:wrap;gap:8px;font:13px/1.45 system-ui,sans-serif';
    return {
      [mime.html]: `<div>${escapeHtml(String(this))}</div><div style="${style}">${figures.join('')}</div>`,
      [mime.text]: String(this),
    };
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/**
 * The frames of a clip as a model sees them: those that it samples, resized and cut into tiles, before their colours are
 * normalised.
 * @param clip a clip, or a row of scores or labels
 * @throws with ffmpeg's reason when the clip cannot be read, and when it has no path, or no prompt but needs one
 */
export async function frames(model: RewardModel, clip: ClipOrRow): Promise<SeenClip> {
  const known = clipOf('frames', clip);
  const { processor, prompts } = model;
  const { pixels, shape } = await processor.process(known, prompts);
  const [count, height, width] = shape;
  const info = await probe(known.path);
  const { segments } = processor.format.reading;
  const indices = typeof segments === 'number' ? sampleFrames(info.frames, segments) : segments(info);
  const size = 3 * height * width;
  const perFrame = count / indices.length;
  const seen = indices.map((index, frame) => ({
    index,
    seconds: index / info.fps,
    tiles: Array.from({ length: perFrame }, (_, tile) => {
      const start = (frame * perFrame + tile) * size;
      return pixels.subarray(start, start + size);
    }),
  }));
  return new SeenClip(known, width, height, seen);
}

/** Tiles in a row, with white between them. */
function sideBySide(tiles: readonly Uint8Array[], width: number, height: number): Uint8Array {
  const stride = 3 * (tiles.length * (width + gap) - gap);
  const row = new Uint8Array(stride * height).fill(255);
  tiles.forEach((tile, i) => {
    for (let y = 0; y < height; y++)
      row.set(tile.subarray(3 * y * width, 3 * (y + 1) * width), y * stride + 3 * i * (width + gap));
  });
  return row;
}

const jpeg = (rgb: Uint8Array, width: number, height: number): Promise<Buffer> =>
  runFfmpeg(
    [
      ...['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-i', 'pipe:0'],
      ...[
        '-frames:v',
        '1',
        '-q:v',
        '2',
        '-pix_fmt',
        'yuvj444p',
        '-f',
        'image2pipe',
        '-c:v',
        'mjpeg',
        'pipe:1',
      ],
    ],
    { input: rgb },
  );
