import { type Axis, type Resize, resizer } from './resizePasses.js';

/**
 * Bicubic resize with antialiasing of an RGB image, equal to that of Pillow up to 12.3 bit for bit: two passes,
 * horizontal first, each rounded and clamped to uint8, with the Keys kernel (A = -0.5) widened when shrinking.
 * (Pillow 13 takes the vertical pass first where that is cheaper, which rounds differently.)
 * @param rgb [height, width, 3], interleaved. @returns [newHeight, newWidth, 3].
 * Source: official implementation (Pillow `Image.resize`, default filter).
 * @throws RangeError when a size is not a positive integer or does not fit the image.
 */
export const resize: Resize = resizer({
  row: 'resizeRow',
  sum: 'sumRows',
  valueBytes: 1,
  makeAxis,
});

/** Weights [to, taps / 2, 4], taps in fours: of two taps side by side the high parts, then the low parts. */
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
  const weightBytes = 4 * taps;
  const starts = Int32Array.from(exact, ({ start }) => start);
  return { starts, weights, weightBytes, ownBytes: new Int32Array(to).fill(weightBytes) };
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
