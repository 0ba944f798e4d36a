import { checkSizes, places, resizePasses } from './resizePasses.js';

/** How one axis of `from` pixels becomes `to`. */
interface Axis {
  /** The first input of each output. */
  starts: Int32Array;
  /** How many inputs each output has. */
  counts: Int32Array;
  /** [to, taps], zero behind the inputs of an output. */
  weights: Float32Array;
  taps: number;
}

const axes = new Map<string, Axis>();
const float = Math.fround;

/**
 * Bicubic resize with antialiasing as torchvision resizes uint8 tensors: the passes of `resize` without rounding in between,
 * all in float32, then one rounding (halves to even). Of the official values 2 in 340,000 fall to the other side of a half;
 * those of `resize` differ by up to 4.
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
  const { memory, resizeRowInFloats, sumRowsOfFloats } = resizePasses();
  const across = axis(width, newWidth);
  const down = axis(height, newHeight);
  const values = 3 * newWidth;
  const [starts, acrossWeights, downWeights, input, narrow, output] = places(memory, [
    across.starts.byteLength,
    across.weights.byteLength,
    down.weights.byteLength,
    rgb.length + 3 * across.taps, // weights of zero are read behind the last row
    4 * values * height,
    values * newHeight,
  ]);
  new Int32Array(memory.buffer, starts).set(across.starts.map((start) => 3 * start));
  new Float32Array(memory.buffer, acrossWeights).set(across.weights);
  new Float32Array(memory.buffer, downWeights).set(down.weights);
  new Uint8Array(memory.buffer, input).set(rgb);
  const row = 4 * values;
  for (let y = 0; y < height; y++) {
    const to = narrow + y * row;
    resizeRowInFloats(input + y * width * 3, to, to + row, starts, acrossWeights, 4 * across.taps);
  }
  for (let y = 0; y < newHeight; y++) {
    const to = output + y * values;
    const weights = downWeights + 4 * down.taps * y;
    sumRowsOfFloats(narrow + down.starts[y] * row, to, to + values, row, weights, 4 * down.counts[y]);
  }
  return new Uint8Array(memory.buffer, output, values * newHeight).slice();
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

/** In float32 where PyTorch is, so that the weights are its own, to the bit. */
function makeAxis(from: number, to: number): Axis {
  const scale = float(from / to);
  const widened = Math.max(scale, 1);
  const support = float(2 * widened);
  const inverse = float(1 / widened);
  const outputs = Array.from({ length: to }, (_, k) => {
    const center = float(scale * (k + 0.5));
    const start = Math.max(0, Math.trunc(float(center - support) + 0.5));
    const end = Math.min(from, Math.trunc(float(center + support) + 0.5));
    const values = Array.from({ length: end - start }, (_, t) =>
      keys(float((float(start + t - center) + 0.5) * inverse)),
    );
    const sum = values.reduce((all, value) => float(all + value), 0);
    return { start, weights: values.map((value) => float(value / sum)) };
  });
  const taps = Math.max(...outputs.map(({ weights }) => weights.length));
  const weights = new Float32Array(taps * to);
  for (const [k, output] of outputs.entries()) weights.set(output.weights, taps * k);
  const starts = Int32Array.from(outputs, ({ start }) => start);
  return { starts, counts: Int32Array.from(outputs, (output) => output.weights.length), weights, taps };
}

/** Keys' cubic convolution kernel with A = -0.5, in float32. */
function keys(x: number): number {
  const d = Math.abs(x);
  if (d < 1) return float(float(float(float(float(1.5 * d) - 2.5) * d) * d) + 1);
  if (d < 2) return -0.5 * float(float(float(float(float(d - 5) * d) + 8) * d) - 4);
  return 0;
}
