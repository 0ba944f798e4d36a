/** Side of the picture that is transformed, and of the low frequencies of it that are kept. */
const side = 32;
const low = 8;

/** Bits and bytes of a picture's hash: 64 signs of low frequencies, and its mean red, green and blue. */
export const hashBits = low * low;
export const hashBytes = hashBits / 8 + 3;

/** Frequencies below it are the noise of an encoder, in grey levels. */
const noise = 0.25;

const cosines = Float64Array.from({ length: low * side }, (_, i) => {
  const [u, x] = [Math.floor(i / side), i % side];
  return (u === 0 ? Math.SQRT1_2 : 1) * Math.cos(((2 * x + 1) * u * Math.PI) / (2 * side)) * (2 / side);
});

/**
 * What a picture looks like in 11 bytes: of its grey picture, 32 x 32, the 8 x 8 lowest frequencies of the cosine transform, a bit
 * each: whether it is above their median; then the mean red, green and blue. Encoding again, scaling and small changes of
 * brightness change few bits. Source: the hash of Zauner's "Implementation and benchmarking of perceptual image hash functions".
 * @param rgb [height, width, 3]
 */
export function perceptualHash(rgb: Uint8Array, width: number, height: number): Uint8Array {
  const { grey, mean } = shrunk(rgb, width, height);
  // Along the rows, then along the columns.
  const rows = new Float64Array(side * low);
  for (let y = 0; y < side; y++) {
    for (let u = 0; u < low; u++) {
      let sum = 0;
      for (let x = 0; x < side; x++) sum += cosines[u * side + x] * grey[y * side + x];
      rows[y * low + u] = sum;
    }
  }
  const frequencies = new Float64Array(hashBits);
  for (let v = 0; v < low; v++) {
    for (let u = 0; u < low; u++) {
      let sum = 0;
      for (let y = 0; y < side; y++) sum += cosines[v * side + y] * rows[y * low + u];
      frequencies[v * low + u] = sum;
    }
  }
  frequencies[0] = 0; // the mean is kept by itself
  const median = frequencies.slice().sort()[hashBits / 2];
  const hash = new Uint8Array(hashBytes);
  frequencies.forEach((frequency, bit) => {
    if (frequency > median + noise) hash[bit >> 3] |= 1 << (bit & 7);
  });
  hash.set(mean, hashBits / 8);
  return hash;
}

/** The grey picture in cells of about equal size, each the mean of its pixels, and the mean colour. */
function shrunk(rgb: Uint8Array, width: number, height: number) {
  const grey = new Float64Array(side * side);
  const sums = [0, 0, 0];
  const edges = (length: number) =>
    Array.from({ length: side }, (_, i) => {
      const from = Math.min(Math.floor((i * length) / side), length - 1);
      return [from, Math.max(from + 1, Math.floor(((i + 1) * length) / side))];
    });
  const [columns, lines] = [edges(width), edges(height)];
  let pixels = 0;
  lines.forEach(([top, bottom], cellY) => {
    columns.forEach(([left, right], cellX) => {
      let [red, green, blue] = [0, 0, 0];
      for (let y = top; y < bottom; y++) {
        for (let at = 3 * (y * width + left); at < 3 * (y * width + right); at += 3) {
          red += rgb[at];
          green += rgb[at + 1];
          blue += rgb[at + 2];
        }
      }
      const count = (bottom - top) * (right - left);
      grey[cellY * side + cellX] = (0.299 * red + 0.587 * green + 0.114 * blue) / count;
      sums[0] += red;
      sums[1] += green;
      sums[2] += blue;
      pixels += count;
    });
  });
  return { grey, mean: sums.map((sum) => Math.round(sum / pixels)) };
}
