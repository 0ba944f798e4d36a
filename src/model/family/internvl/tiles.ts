import { resize } from '../../input/resize.js';

/** How a frame is cut into tiles; the names and defaults of the official implementation. */
export interface TileOptions {
  /** Side S of a tile, pixels. */
  inputSize: number;
  /** Most tiles of a frame, the thumbnail not counted. */
  maxNum: number;
  /** Fewest tiles of a frame. Default 1. */
  minNum?: number;
  /** Keep only the largest centered square of the frame. Default false. */
  centerCrop?: boolean;
}

/** Tiles of one frame: RGB, [count, S, S, 3]. */
export interface FrameTiles {
  tiles: Uint8Array;
  count: number;
}

/**
 * A frame as the square tiles that the vision model takes: resized to the grid of tiles that is closest to its
 * aspect ratio, cut row by row, and followed by a thumbnail of the whole frame when there is more than one tile.
 * With `maxNum` 1 the frame is squashed into one tile.
 * @param rgb [height, width, 3]. Source: official implementation, InternVL dynamic preprocessing.
 * @throws RangeError when a size does not fit the frame, or no grid has `minNum` to `maxNum` tiles.
 */
export function tileFrame(
  rgb: Uint8Array,
  width: number,
  height: number,
  { inputSize, maxNum, minNum = 1, centerCrop = false }: TileOptions,
): FrameTiles {
  const frame = centerCrop ? cropCenter(rgb, width, height) : { rgb, width, height };
  const { columns, rows } = tileGrid(frame.width, frame.height, { inputSize, maxNum, minNum });
  const resizeTo = (w: number, h: number) => resize(frame.rgb, frame.width, frame.height, w, h);
  const whole = resizeTo(inputSize * columns, inputSize * rows);
  if (columns * rows === 1) return { tiles: whole, count: 1 };

  const count = columns * rows + 1;
  const tileBytes = inputSize * inputSize * 3;
  const tiles = new Uint8Array(count * tileBytes);
  tiles.set(cutTiles(whole, inputSize, columns, rows));
  tiles.set(resizeTo(inputSize, inputSize), (count - 1) * tileBytes);
  return { tiles, count };
}

/**
 * The grid whose aspect ratio is closest to the frame's. Of grids that are equally close the smallest wins,
 * unless the frame has more than half of the pixels of a larger one.
 * @throws RangeError when no grid has `minNum` to `maxNum` tiles.
 */
export function tileGrid(
  width: number,
  height: number,
  { inputSize, maxNum, minNum = 1 }: TileOptions,
): { columns: number; rows: number } {
  if (!(Number.isSafeInteger(maxNum) && minNum >= 1 && maxNum >= minNum)) {
    throw new RangeError(
      `tileGrid: expected 1 <= minNum <= maxNum, received minNum ${minNum}, maxNum ${maxNum}`,
    );
  }
  const grids = [];
  for (let columns = 1; columns <= maxNum; columns++) {
    for (let rows = 1; columns * rows <= maxNum; rows++) {
      if (columns * rows >= minNum) grids.push({ columns, rows });
    }
  }
  grids.sort((a, b) => a.columns * a.rows - b.columns * b.rows);

  let best = { columns: 1, rows: 1 };
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const grid of grids) {
    const distance = Math.abs(width / height - grid.columns / grid.rows);
    const fills = width * height > 0.5 * inputSize * inputSize * grid.columns * grid.rows;
    if (distance < bestDistance || (distance === bestDistance && fills)) {
      best = grid;
      bestDistance = distance;
    }
  }
  return best;
}

/** The largest centered square of a frame. */
function cropCenter(rgb: Uint8Array, width: number, height: number) {
  const side = Math.min(width, height);
  const left = Math.floor((width - side) / 2);
  const top = Math.floor((height - side) / 2);
  const square = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    const from = ((top + y) * width + left) * 3;
    square.set(rgb.subarray(from, from + side * 3), y * side * 3);
  }
  return { rgb: square, width: side, height: side };
}

/** Cuts an image of columns x rows tiles, row by row, into [tiles, S, S, 3]. */
function cutTiles(rgb: Uint8Array, size: number, columns: number, rows: number): Uint8Array {
  const tiles = new Uint8Array(rgb.length);
  let to = 0;
  for (let tile = 0; tile < columns * rows; tile++) {
    const left = (tile % columns) * size;
    const top = Math.floor(tile / columns) * size;
    for (let y = 0; y < size; y++, to += size * 3) {
      const from = ((top + y) * columns * size + left) * 3;
      tiles.set(rgb.subarray(from, from + size * 3), to);
    }
  }
  return tiles;
}
