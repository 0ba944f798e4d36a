import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../base/packageRoot.js';

/** One row, of inputs that begin at `from`, to bytes from `to` up to `end`: see resizePasses.wat. */
type RowPass = (
  from: number,
  to: number,
  end: number,
  of: number,
  weights: number,
  weightBytes: number,
) => void;

/** What resizePasses.wat is compiled to. */
interface Passes {
  memory: WebAssembly.Memory;
  resizeRow: RowPass;
  sumRows: RowPass;
  resizeRowInFloats: RowPass;
  sumRowsOfFloats: RowPass;
}

const compiled = join(packageRoot, 'dist', 'src', 'model', 'input', 'resizePasses.wasm');
let passes: Passes | undefined;

/** How one axis of an image becomes another, as the passes take it. */
export interface Axis {
  /** The first input of each output. */
  starts: Int32Array;
  /** Those of each output begin `weightBytes` behind those of the one before; zero behind its inputs. */
  weights: Int16Array | Float32Array;
  weightBytes: number;
  /** How many bytes of weights each output has itself. */
  ownBytes: Int32Array;
}

/** Which passes make a resize, and of what. */
interface ResizeKind {
  row: 'resizeRow' | 'resizeRowInFloats';
  sum: 'sumRows' | 'sumRowsOfFloats';
  /** Bytes of a value between the passes. */
  valueBytes: number;
  makeAxis(from: number, to: number): Axis;
}

/**
 * A resize of an RGB image.
 * @param rgb [height, width, 3], interleaved. @returns [newHeight, newWidth, 3].
 * @throws RangeError when a size is not a positive integer or does not fit the image.
 */
export type Resize = (
  rgb: Uint8Array,
  width: number,
  height: number,
  newWidth: number,
  newHeight: number,
) => Uint8Array;

/** The resize of a kind: an image's rows, then its columns. */
export function resizer({ row: rowPass, sum, valueBytes, makeAxis }: ResizeKind): Resize {
  const axisOf = oncePerSizes(makeAxis);
  return (rgb, width, height, newWidth, newHeight) => {
    checkSizes(rgb, width, height, newWidth, newHeight);
    passes ??= new WebAssembly.Instance(new WebAssembly.Module(readFileSync(compiled)))
      .exports as unknown as Passes;
    const { memory, [rowPass]: resizeRow, [sum]: sumRows } = passes;
    const across = axisOf(width, newWidth);
    const down = axisOf(height, newHeight);
    const values = 3 * newWidth;
    const row = values * valueBytes;
    const [starts, acrossWeights, downWeights, input, narrow, output] = places(memory, [
      across.starts.byteLength,
      across.weights.byteLength,
      down.weights.byteLength,
      // Weights of zero are read behind the last pixel, and up to three rows of them below the last.
      rgb.length + across.weightBytes,
      row * (height + 3),
      values * newHeight,
    ]);
    new Int32Array(memory.buffer, starts).set(across.starts.map((start) => 3 * start));
    for (const [place, { weights }] of [[acrossWeights, across] as const, [downWeights, down] as const])
      new Uint8Array(memory.buffer, place).set(new Uint8Array(weights.buffer));
    new Uint8Array(memory.buffer, input).set(rgb);
    for (let y = 0; y < height; y++) {
      const to = narrow + y * row;
      resizeRow(input + y * width * 3, to, to + row, starts, acrossWeights, across.weightBytes);
    }
    for (let y = 0; y < newHeight; y++) {
      const to = output + y * values;
      const weights = downWeights + y * down.weightBytes;
      sumRows(narrow + down.starts[y] * row, to, to + values, row, weights, down.ownBytes[y]);
    }
    return new Uint8Array(memory.buffer, output, values * newHeight).slice();
  };
}

/** The same axes, each made once. */
function oncePerSizes(make: (from: number, to: number) => Axis): (from: number, to: number) => Axis {
  const axes = new Map<string, Axis>();
  return (from, to) => {
    const key = `${from}:${to}`;
    const axis = axes.get(key) ?? make(from, to);
    axes.set(key, axis);
    return axis;
  };
}

/** Addresses of arrays of so many bytes, 16 bytes or more between them, for which the memory grows. */
function places(memory: WebAssembly.Memory, sizes: readonly number[]): number[] {
  let end = 0;
  const found = sizes.map((size) => {
    const place = end;
    end = 16 * Math.ceil((place + size) / 16) + 16;
    return place;
  });
  const page = 2 ** 16;
  const missing = Math.ceil((end - memory.buffer.byteLength) / page);
  if (missing > 0) memory.grow(missing);
  return found;
}

function checkSizes(
  rgb: Uint8Array,
  width: number,
  height: number,
  newWidth: number,
  newHeight: number,
): void {
  for (const size of [width, height, newWidth, newHeight]) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new RangeError(`resize: expected sizes to be positive integers, received ${size}`);
    }
  }
  if (rgb.length !== width * height * 3) {
    throw new RangeError(
      `resize: expected ${width} x ${height} RGB pixels (${width * height * 3} bytes), received ${rgb.length} bytes`,
    );
  }
}
