import { replaceKernel, type TensorInfo } from './replaceKernel.js';
import { tf } from './tf.js';

/** What is used here of tfjs-backend-wasm. */
interface WasmBackend {
  wasm: {
    HEAPF32: Float32Array;
    cwrap(name: string, returns: null, takes: ('number' | 'array')[]): MatMul;
    tfjs: { registerTensor(id: number, size: number, offset: number): void; disposeData(id: number): void };
  };
  dataIdMap: Map<object, { memoryOffset: number }>;
  dataIdNextNumber: number;
  makeOutput(shape: number[], dtype: string): TensorInfo;
  disposeData(dataId: object): void;
}

/** The function in WebAssembly: ids, shapes as bytes, ranks, whether transposed, the id of the product. */
type MatMul = (
  ...operands: [number, Uint8Array, number, number, Uint8Array, number, boolean, boolean, number]
) => void;

interface MatMulCall {
  inputs: { a: TensorInfo; b: TensorInfo };
  attrs: { transposeA: boolean; transposeB: boolean };
  backend: WasmBackend;
}

interface SplitCall {
  inputs: { x: TensorInfo };
  attrs: { numOrSizeSplits: number[] | number; axis: number };
  backend: WasmBackend;
}

const floatBytes = 4;

/**
 * Replaces kernels of tfjs-backend-wasm.
 * - BatchMatMul is quick (XNNPACK) for two plain matrices only, and loops over scalars where one is transposed or has a batch:
 *   in attention and in every gradient. Here these too are products of two plain matrices.
 * - SplitV copies row by row with a view of the memory for each, which costs more than the row where it is short.
 */
export function replaceKernels(): void {
  replaceKernel('BatchMatMul', 'wasm', isPlain, batchMatMul);
  replaceKernel('SplitV', 'wasm', ({ inputs: { x } }: SplitCall) => x.dtype !== 'float32', split);
}

function isPlain({ inputs: { a, b }, attrs: { transposeA, transposeB } }: MatMulCall): boolean {
  const matrices = [a, b].every(({ shape }) => matrixCount(shape) === 1);
  return (matrices && !transposeA && !transposeB) || a.dtype !== 'float32' || b.dtype !== 'float32';
}

const matrixCount = (shape: readonly number[]): number => tf.util.sizeFromShape(shape.slice(0, -2));

/** [..., m, k] x [..., k, n], with leading dimensions that are broadcast: a product of plain matrices for each. */
function batchMatMul({ inputs, attrs, backend }: MatMulCall): TensorInfo {
  const a = attrs.transposeA ? transposed(inputs.a, backend) : inputs.a;
  const b = attrs.transposeB ? transposed(inputs.b, backend) : inputs.b;
  const [m, k] = a.shape.slice(-2);
  const [inner, n] = b.shape.slice(-2);
  tf.util.assert(inner === k, () => `matMul: [${a.shape}] and [${b.shape}] do not fit: ${k} is not ${inner}`);
  const outer = tf.backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const product = backend.makeOutput([...outer, m, n], 'float32');
  const [ofA, ofB] = [a, b].map(({ shape }) => broadcastIndices(shape.slice(0, -2), outer));
  const [aShape, bShape] = [
    [1, m, k],
    [1, k, n],
  ].map((shape) => new Uint8Array(new Int32Array(shape).buffer));
  const multiply = matMulOf(backend);
  const ids = [backend.dataIdNextNumber++, backend.dataIdNextNumber++, backend.dataIdNextNumber++];
  const offsets = [a, b, product].map(({ dataId }) => backend.dataIdMap.get(dataId)!.memoryOffset);
  const sizes = [m * k, k * n, m * n];
  for (let i = 0; i < ofA.length; i++) {
    for (const [operand, at] of [ofA[i], ofB[i], i].entries()) {
      const size = sizes[operand];
      backend.wasm.tfjs.registerTensor(ids[operand], size, offsets[operand] + at * size * floatBytes);
    }
    multiply(ids[0], aShape, 3, ids[1], bShape, 3, false, false, ids[2]);
    // Also what XNNPACK keeps for the matrix.
    for (const id of ids) backend.wasm.tfjs.disposeData(id);
  }
  if (a !== inputs.a) backend.disposeData(a.dataId);
  if (b !== inputs.b) backend.disposeData(b.dataId);
  return product;
}

/** For each matrix of the product, which matrix of an operand it is made of. */
function broadcastIndices(own: readonly number[], outer: readonly number[]): number[] {
  let indices = [0];
  let stride = matrixCount([...own, 1, 1]);
  for (const [axis, size] of outer.entries()) {
    const ownSize = own[axis - outer.length + own.length] ?? 1;
    stride /= ownSize;
    const steps = Array.from({ length: size }, (_, i) => (ownSize === 1 ? 0 : i * stride));
    indices = indices.flatMap((index) => steps.map((step) => index + step));
  }
  return indices;
}

function transposed({ dataId, shape, dtype }: TensorInfo, backend: WasmBackend): TensorInfo {
  const [rows, columns] = shape.slice(-2);
  const matrices = { dataId, shape: [matrixCount(shape), rows, columns], dtype };
  const { kernelFunc } = tf.getKernel('Transpose', 'wasm');
  const call = { inputs: { x: matrices }, attrs: { perm: [0, 2, 1] }, backend };
  const { dataId: result } = kernelFunc(call as never) as unknown as TensorInfo;
  return { dataId: result, shape: [...shape.slice(0, -2), columns, rows], dtype };
}

const functions = new WeakMap<WasmBackend, MatMul>();

function matMulOf(backend: WasmBackend): MatMul {
  let found = functions.get(backend);
  if (!found) {
    const operand = ['number', 'array', 'number'] as const;
    found = backend.wasm.cwrap('BatchMatMul', null, [...operand, ...operand, 'number', 'number', 'number']);
    functions.set(backend, found);
  }
  return found;
}

/** A row that is shorter is copied float by float. */
const longRow = 64;

/** Pieces of a tensor along an axis. */
function split({ inputs: { x }, attrs: { numOrSizeSplits, axis }, backend }: SplitCall): TensorInfo[] {
  const [at] = tf.util.parseAxisParam(axis, x.shape);
  const sizes = tf.backend_util.prepareSplitSize({ shape: x.shape } as never, numOrSizeSplits, at);
  const inner = tf.util.sizeFromShape(x.shape.slice(at + 1));
  const rows = tf.util.sizeFromShape(x.shape.slice(0, at));
  const whole = x.shape[at] * inner;
  const pieces = sizes.map((size) =>
    backend.makeOutput([...x.shape.slice(0, at), size, ...x.shape.slice(at + 1)], x.dtype),
  );
  // Read once all is allocated: the memory may move as it grows.
  const memory = backend.wasm.HEAPF32;
  const offset = ({ dataId }: TensorInfo) => backend.dataIdMap.get(dataId)!.memoryOffset / floatBytes;
  let from = offset(x);
  for (const [piece, size] of sizes.entries()) {
    const [to, width] = [offset(pieces[piece]), size * inner];
    for (let row = 0; row < rows; row++) {
      const [source, target] = [from + row * whole, to + row * width];
      if (width >= longRow) memory.copyWithin(target, source, source + width);
      else for (let i = 0; i < width; i++) memory[target + i] = memory[source + i];
    }
    from += width;
  }
  return pieces;
}
