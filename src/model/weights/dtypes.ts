/** Values of a tensor on the host. */
export type TensorData = Float32Array | Int32Array | Uint8Array;

interface Dtype {
  /** Bytes of an element. */
  size: number;
  /** An empty array of what its elements become. */
  empty: (length: number) => TensorData;
  /** Elements from bytes that begin at a multiple of their size; none where the bytes are the elements. */
  convert?: (bytes: Uint8Array) => ArrayLike<number>;
}

const floats = (length: number) => new Float32Array(length);
const integers = (length: number) => new Int32Array(length);
const bytes = (length: number) => new Uint8Array(length);

/** The dtypes of safetensors files that are read: float types become float32, I64 becomes int32. */
export const dtypes: ReadonlyMap<string, Dtype> = new Map<string, Dtype>([
  ['F32', { size: 4, empty: floats }],
  ['F64', { size: 8, empty: floats, convert: (b) => new Float64Array(b.buffer, b.byteOffset, b.length / 8) }],
  ['BF16', { size: 2, empty: floats, convert: (b) => fromBfloat16(halves(b)) }],
  ['F16', { size: 2, empty: floats, convert: (b) => Float32Array.from(halves(b), fromFloat16) }],
  ['I32', { size: 4, empty: integers }],
  [
    'I64',
    {
      size: 8,
      empty: integers,
      convert: (b) => Int32Array.from(new BigInt64Array(b.buffer, b.byteOffset, b.length / 8), Number),
    },
  ],
  ['U8', { size: 1, empty: bytes }],
  ['BOOL', { size: 1, empty: bytes }],
]);

function halves(b: Uint8Array): Uint16Array {
  return new Uint16Array(b.buffer, b.byteOffset, b.length / 2);
}

function fromBfloat16(values: Uint16Array): Float32Array {
  const words = new Uint32Array(values.length);
  for (let i = 0; i < values.length; i++) words[i] = values[i] << 16;
  return new Float32Array(words.buffer);
}

function fromFloat16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** float32 to bfloat16, rounded to nearest, ties to even; NaN stays NaN. */
export function toBfloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(words, (word) =>
    (word & 0x7fffffff) > 0x7f800000 ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16,
  );
}
