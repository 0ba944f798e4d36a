import { type Axis, type Resize, resizer } from './resizePasses.js';

const float = Math.fround;

/**
 * Bicubic resize with antialiasing as torchvision resizes uint8 tensors: the passes of `resize` without rounding in between,
 * all in float32, then one rounding (halves to even). Of the official values 2 in 340,000 fall to the other side of a half;
 * those of `resize` differ by up to 4.
 * Source: official implementation, Qwen path (torchvision `resize`, bicubic, antialias).
 * @param rgb [height, width, 3], interleaved. @returns [newHeight, newWidth, 3].
 * @throws RangeError when a size is not a positive integer or does not fit the image.
 */
export const resizeRoundedOnce: Resize = resizer({
  row: 'resizeRowInFloats',
  sum: 'sumRowsOfFloats',
  valueBytes: 4,
  makeAxis,
});

/** Weights [to, taps], in float32 where PyTorch is. */
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
  // Zero times whatever lies below the last row could be no number, so that no output reads more than its own.
  const ownBytes = Int32Array.from(outputs, (output) => 4 * output.weights.length);
  return { starts, weights, weightBytes: 4 * taps, ownBytes };
}

/** Keys' cubic convolution kernel with A = -0.5, in float32. */
function keys(x: number): number {
  const d = Math.abs(x);
  if (d < 1) return float(float(float(float(float(1.5 * d) - 2.5) * d) * d) + 1);
  if (d < 2) return -0.5 * float(float(float(float(float(d - 5) * d) + 8) * d) - 4);
  return 0;
}
