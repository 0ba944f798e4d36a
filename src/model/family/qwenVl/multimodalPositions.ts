import type { VideoGrid } from '../videoGrid.js';

/** What positions depend on besides the ids. */
export interface PositionOptions {
  /** Id of the placeholder of a visual token, `<|video_pad|>`. */
  placeholder: number;
  /** Side of the block of patches that is one visual token. */
  merge: number;
  /** Steps of the temporal position a second; without it, a temporal patch is a step. */
  tokensPerSecond?: number;
}

/**
 * Positions of the tokens of a batch along time, rows and columns (M-RoPE). Text has the same, rising position on all
 * three axes; a video's tokens have that of the text before it plus their place in the grid; the text after it begins
 * one above the largest. Padding has 0. Source: Qwen2-VL; Qwen2.5-VL, whose time is in seconds · tokensPerSecond.
 * @param ids [B · N]. @param mask [B · N]: 1 for a token. @param grids of the videos, row by row.
 * @returns three arrays [B · N].
 * @throws when a run of placeholders is not as long as its video, or there are more or fewer videos.
 */
export function multimodalPositions(
  ids: ArrayLike<number>,
  mask: ArrayLike<number>,
  length: number,
  grids: readonly VideoGrid[],
  { placeholder, merge, tokensPerSecond }: PositionOptions,
): [time: Int32Array, row: Int32Array, column: Int32Array] {
  const positions = [0, 1, 2].map(() => new Int32Array(ids.length)) as [Int32Array, Int32Array, Int32Array];
  let video = 0;
  for (let start = 0; start < ids.length; start += length) {
    let next = 0;
    for (let at = start; at < start + length; ) {
      if (!(mask[at] > 0)) {
        at++;
      } else if (ids[at] !== placeholder) {
        for (const axis of positions) axis[at] = next;
        next++;
        at++;
      } else {
        const grid = grids[video++];
        const run = runOf(ids, at, start + length, placeholder);
        checkRun(run, grid, video, merge);
        next = placeVideo(positions, at, next, grid, merge, tokensPerSecond);
        at += run;
      }
    }
  }
  if (video !== grids.length) {
    throw new RangeError(`decode: placeholders of ${video} videos in the ids, but ${grids.length} videos`);
  }
  return positions;
}

/** Positions of one video's tokens from `at`; returns the position after it. */
function placeVideo(
  [time, row, column]: [Int32Array, Int32Array, Int32Array],
  at: number,
  first: number,
  { t, h, w, secondsPerGrid }: VideoGrid,
  merge: number,
  tokensPerSecond: number | undefined,
): number {
  const [rows, columns] = [h / merge, w / merge];
  const step = tokensPerSecond === undefined ? 1 : Math.fround(secondsPerGrid * tokensPerSecond);
  let token = at;
  for (let frame = 0; frame < t; frame++) {
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++, token++) {
        time[token] = first + Math.trunc(frame * step);
        row[token] = first + y;
        column[token] = first + x;
      }
    }
  }
  return first + Math.max(Math.trunc((t - 1) * step), rows - 1, columns - 1) + 1;
}

function runOf(ids: ArrayLike<number>, from: number, end: number, placeholder: number): number {
  let at = from;
  while (at < end && ids[at] === placeholder) at++;
  return at - from;
}

function checkRun(run: number, grid: VideoGrid | undefined, video: number, merge: number): void {
  const expected = grid ? (grid.t * grid.h * grid.w) / merge ** 2 : 0;
  if (run === expected) return;
  throw new RangeError(
    `decode: ${run} placeholders in the ids for video ${video}, but ${expected} visual tokens; ` +
      'the prompt and the video do not belong together',
  );
}
