import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../base/packageRoot.js';

/** How one axis of `from` pixels becomes `to`. */
interface Axis {
  /** The first input of each output. */
  starts: Int32Array;
  /** [to, taps / 2, 4]: of two taps side by side the high parts, then the low parts of their weights. */
  weights: Int16Array;
  /** Bytes of the weights of one output. */
  weightBytes: number;
}

const axes = new Map<string, Axis>();

/** What `resize.wat` is compiled to. */
interface Passes {
  memory: WebAssembly.Memory;
  resizeRow(
    from: number,
    to: number,
    end: number,
    starts: number,
    weights: number,
    weightBytes: number,
  ): void;
  sumRows(
    from: number,
    to: number,
    end: number,
    rowBytes: number,
    weights: number,
    weightBytes: number,
  ): void;
}

const compiled = join(packageRoot, 'dist', 'src', 'model', 'input', 'resize.wasm');
let passes: Passes | undefined;

/**
 * Bicubic resize with antialiasing of an RGB image, equal to that of Pillow up to 12.3 bit for bit: two passes,
 * horizontal first, each rounded and clamped to uint8, with the Keys kernel (A = -0.5) widened when shrinking.
 * (Pillow 13 takes the vertical pass first where that is cheaper, which rounds differently.)
 * @param rgb [height, width, 3], interleaved. @returns [newHeight, newWidth, 3].
 * Source: official implementation (Pillow `Image.resize`, default filter).
 * @throws RangeError when a size is not a positive integer or does not fit the image.
 */
export function resize(
  rgb: Uint8Array,
  width: number,
  height: number,
  newWidth: number,
  newHeight: number,
): Uint8Array {
  checkSizes(rgb, width, height, newWidth, newHeight);
  passes ??= new WebAssembly.Instance(new WebAssembly.Module(readFileSync(compiled)))
    .exports as unknown as Passes;
  const { memory, resizeRow, sumRows } = passes;
  const across = axis(width, newWidth);
  const down = axis(height, newHeight);
  const row = 3 * newWidth;
  // Taps are read in fours, so up to three rows below the last, and bytes in sixteens.
  const [starts, acrossWeights, downWeights, input, narrow, output] = places(memory, [
    across.starts.byteLength,
    across.weights.byteLength,
    down.weights.byteLength,
    rgb.length,
    row * (height + 3),
    row * newHeight,
  ]);
  new Int32Array(memory.buffer, starts).set(across.starts.map((start) => 3 * start));
  new Int16Array(memory.buffer, acrossWeights).set(across.weights);
  new Int16Array(memory.buffer, downWeights).set(down.weights);
  new Uint8Array(memory.buffer, input).set(rgb);
  for (let y = 0; y < height; y++) {
    const to = narrow + y * row;
    resizeRow(input + y * width * 3, to, to + row, starts, acrossWeights, across.weightBytes);
  }
  for (let y = 0; y < newHeight; y++) {
    const to = output + y * row;
    const weights = downWeights + y * down.weightBytes;
    sumRows(narrow + down.starts[y] * row, to, to + row, row, weights, down.weightBytes);
  }
  return new Uint8Array(memory.buffer, output, row * newHeight).slice();
}

/**
 * The same resize without rounding in between: both passes in float32, then one rounding (halves to even), as
 * torchvision resizes uint8 tensors. A value in 40,000 falls to the other side of a half; Pillow's differ by up to 4.
 * Source: official implementation, Qwen path (torchvision `resize`, bicubic, antialias).
 * @param rgb [height, width, 3], interleaved. @returns [newHeight, newWidth, 3].
 * @throws RangeError when a size is not a positive integer or does not fit the image.
 */
export function resizeRoundedOnce(
  rgb: Uint8Array,
  width: number,
  height: number,
  newWidth: number,
  newHeight: number,
): Uint8Array {
  checkSizes(rgb, width, height, newWidth, newHeight);
  const row = newWidth * 3;
  const narrow = new Float32Array(row * height);
  const across = exactAxis(width, newWidth);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < newWidth; x++) {
      const { start, weights } = across[x];
      const [out, first] = [y * row + x * 3, (y * width + start) * 3];
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let t = 0; t < weights.length; t++) sum += weights[t] * rgb[first + t * 3 + channel];
        narrow[out + channel] = sum;
      }
    }
  }
  const result = new Uint8ClampedArray(row * newHeight);
  exactAxis(height, newHeight).forEach(({ start, weights }, y) => {
    const sums = new Float32Array(row);
    weights.forEach((weight, t) => {
      const from = (start + t) * row;
      for (let i = 0; i < row; i++) sums[i] += weight * narrow[from + i];
    });
    result.set(sums, y * row); // Uint8ClampedArray rounds halves to even
  });
  return new Uint8Array(result.buffer);
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

/** Addresses of arrays of so many bytes, one behind the other, for which the memory grows. */
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

/** Weights of one axis, made once for each pair of sizes. */
function axis(from: number, to: number): Axis {
  const key = `${from}:${to}`;
  let result = axes.get(key);
  if (!result) {
    result = makeAxis(from, to);
    axes.set(key, result);
  }
  return result;
}

function makeAxis(from: number, to: number): Axis {
  const exact = exactAxis(from, to);
  const taps = 4 * Math.ceil(Math.max(...exact.map(({ weights }) => weights.length)) / 4);
  const weights = new Int16Array(2 * taps * to);
  for (const [k, output] of exact.entries()) {
    output.weights.forEach((value, t) => {
      const weight = value * 2 ** 22; // bits of fraction, as in Pillow
      const fixed = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
      const place = 2 * taps * k + 4 * (t >> 1) + (t & 1);
      weights[place] = fixed >> 11;
      weights[place + 2] = fixed & (2 ** 11 - 1);
    });
  }
  return { starts: Int32Array.from(exact, ({ start }) => start), weights, weightBytes: 4 * taps };
}

/** For each output of an axis its first input and the weights of the inputs from there, with the sum 1. */
function exactAxis(from: number, to: number): { start: number; weights: number[] }[] {
  const scale = from / to;
  const filterScale = Math.max(scale, 1);
  const support = 2 * filterScale;
  return Array.from({ length: to }, (_, k) => {
    const center = (k + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const end = Math.min(from, Math.trunc(center + support + 0.5));
    const values = Array.from({ length: end - start }, (_, t) =>
      keys((t + start - center + 0.5) * (1 / filterScale)),
    );
    const sum = values.reduce((a, b) => a + b, 0);
    return { start, weights: values.map((value) => value / sum) };
  });
}

/** Keys' cubic convolution kernel with A = -0.5. */
function keys(x: number): number {
  const a = -0.5;
  const d = Math.abs(x);
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  if (d < 2) return (((d - 5) * d + 8) * d - 4) * a;
  return 0;
}
