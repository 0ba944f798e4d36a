/** Fixed-point weights have this many fraction bits, as in Pillow. */
const fractionBits = 22;

/** How one axis of `from` pixels becomes `to`: output k = sum over t of weights[k * taps + t] * input[starts[k] + t]. */
interface Axis {
  starts: Int32Array;
  counts: Int32Array;
  weights: Int32Array;
  taps: number;
}

const axes = new Map<string, Axis>();

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
  const narrow = newWidth === width ? rgb : resizeRows(rgb, width, height, newWidth);
  return newHeight === height ? narrow.slice() : resizeColumns(narrow, newWidth, height, newHeight);
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

function resizeRows(rgb: Uint8Array, width: number, height: number, newWidth: number): Uint8Array {
  const { starts, counts, weights, taps } = axis(width, newWidth);
  const result = new Uint8ClampedArray(newWidth * height * 3);
  let out = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < newWidth; x++) {
      let red = 1 << (fractionBits - 1);
      let green = red;
      let blue = red;
      let from = (y * width + starts[x]) * 3;
      const first = x * taps;
      const end = first + counts[x];
      for (let t = first; t < end; t++) {
        const weight = weights[t];
        red = (red + weight * rgb[from]) | 0;
        green = (green + weight * rgb[from + 1]) | 0;
        blue = (blue + weight * rgb[from + 2]) | 0;
        from += 3;
      }
      result[out++] = red >> fractionBits;
      result[out++] = green >> fractionBits;
      result[out++] = blue >> fractionBits;
    }
  }
  return new Uint8Array(result.buffer);
}

function resizeColumns(rgb: Uint8Array, width: number, height: number, newHeight: number): Uint8Array {
  const { starts, counts, weights, taps } = axis(height, newHeight);
  const row = width * 3;
  const result = new Uint8ClampedArray(row * newHeight);
  const sums = new Int32Array(row);
  for (let y = 0; y < newHeight; y++) {
    sums.fill(1 << (fractionBits - 1));
    for (let t = 0; t < counts[y]; t++) {
      const weight = weights[y * taps + t];
      const from = (starts[y] + t) * row;
      for (let i = 0; i < row; i++) sums[i] += weight * rgb[from + i];
    }
    for (let i = 0; i < row; i++) result[y * row + i] = sums[i] >> fractionBits;
  }
  return new Uint8Array(result.buffer);
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
  const taps = Math.max(...exact.map(({ weights }) => weights.length));
  const starts = new Int32Array(to);
  const counts = new Int32Array(to);
  const weights = new Int32Array(to * taps);
  for (const [k, output] of exact.entries()) {
    starts[k] = output.start;
    counts[k] = output.weights.length;
    output.weights.forEach((value, t) => {
      const weight = value * 2 ** fractionBits;
      weights[k * taps + t] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
    });
  }
  return { starts, counts, weights, taps };
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
