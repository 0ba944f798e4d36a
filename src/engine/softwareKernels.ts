import { replaceKernel, type TensorInfo } from './replaceKernel.js';
import { tf } from './tf.js';

/** What is used here of tfjs-backend-webgpu. */
interface ShaderBackend {
  runWebGPUProgram(
    shader: Shader,
    inputs: TensorInfo[],
    dtype: string,
    uniforms?: { type: string; data: number[] }[],
  ): TensorInfo;
}

/** A shader as TensorFlow.js takes it; the shapes of inputs and output are given to it as uniforms. */
interface Shader {
  variableNames: string[];
  /** Declarations of uniforms besides the shapes. */
  uniforms?: string;
  outputShape: number[];
  workgroupSize: [number, number, number];
  /** Workgroups along each axis. */
  dispatch: [number, number, number];
  /** Which axes of the output each axis of the workgroups runs over. */
  dispatchLayout: { x: number[]; y?: number[]; z?: number[] };
  /** Tells shaders apart that differ in their code. */
  shaderKey: string;
  getUserCode(): string;
}

interface MatMulCall {
  inputs: { a: TensorInfo; b: TensorInfo };
  attrs: { transposeA: boolean; transposeB: boolean };
  backend: ShaderBackend;
}

interface ReduceCall {
  inputs: { x: TensorInfo };
  attrs: { axis: number | number[]; keepDims: boolean };
  backend: ShaderBackend & { disposeData(dataId: object): void };
}

interface SoftmaxCall {
  inputs: { logits: TensorInfo };
  attrs: { dim: number };
  backend: ShaderBackend;
}

/**
 * Replaces kernels of tfjs-backend-webgpu where WebGPU runs in software. Those share memory in a workgroup and wait for each
 * other at barriers. A CPU has no use for either: a product takes 2 to 4 times as long with them, a softmax or a sum ten times.
 */
export function replaceKernels(): void {
  replaceKernel('BatchMatMul', 'webgpu', isOdd, batchMatMul);
  for (const name of ['Sum', 'Mean'] as const)
    replaceKernel(name, 'webgpu', ({ inputs: { x } }: ReduceCall) => !isFilled(x), sumOf(name));
  replaceKernel('Softmax', 'webgpu', ({ inputs: { logits } }: SoftmaxCall) => !isFilled(logits), softmax);
}

/** Has numbers, of the type that these kernels compute with. */
const isFilled = ({ shape, dtype }: TensorInfo): boolean => dtype === 'float32' && !shape.includes(0);

/** Most workgroups along an axis, for every device. */
const mostWorkgroups = 65_535;

/** Leading dimensions that are neither the same nor one of them all 1, among others; and where a flag asks for a kernel. */
function isOdd({ inputs: { a, b } }: MatMulCall): boolean {
  if (tf.env().getNumber('WEBGPU_MATMUL_PROGRAM_TYPE') >= 0) return true;
  const [ofA, ofB] = [a, b].map(({ shape }) => shape.slice(0, -2));
  const [countA, countB] = [ofA, ofB].map((leading) => tf.util.sizeFromShape(leading));
  const fits = countA === 1 || countB === 1 || tf.util.arraysEqual(ofA, ofB);
  return !fits || !isFilled(a) || !isFilled(b) || Math.max(countA, countB) > mostWorkgroups;
}

/** Rows of the product that one invocation computes, of one column. */
const rowsEach = 16;
/** Invocations of a workgroup. */
const together = 16;

/** [..., m, k] x [..., k, n]. */
function batchMatMul({ inputs, attrs: { transposeA, transposeB }, backend }: MatMulCall): TensorInfo {
  const [a, b] = [inputs.a, inputs.b].map(({ dataId, shape, dtype }) => {
    const matrices = tf.util.sizeFromShape(shape.slice(0, -2));
    return { dataId, shape: [matrices, ...shape.slice(-2)], dtype };
  });
  const [k, m] = transposeA ? a.shape.slice(1) : a.shape.slice(1).reverse();
  const [n, inner] = transposeB ? b.shape.slice(1) : b.shape.slice(1).reverse();
  tf.util.assert(
    inner === k,
    () => `matMul: [${inputs.a.shape}] and [${inputs.b.shape}] do not fit: ${k} is not ${inner}`,
  );
  const shader = productShader([Math.max(a.shape[0], b.shape[0]), m, n], transposeA, transposeB);
  const product = backend.runWebGPUProgram(shader, [a, b], 'float32', [{ type: 'int32', data: [k] }]);
  const outer = tf.backend_util.assertAndGetBroadcastShape(
    inputs.a.shape.slice(0, -2),
    inputs.b.shape.slice(0, -2),
  );
  return { ...product, shape: [...outer, m, n] };
}

/** Neighbours compute the columns beside each other, so that what they read at once is together in memory. */
function productShader(outputShape: number[], transposeA: boolean, transposeB: boolean): Shader {
  const [matrices, m, n] = outputShape;
  const each = (line: (i: number) => string) =>
    Array.from({ length: rowsEach }, (_, i) => line(i)).join('\n');
  return {
    variableNames: ['A', 'B'],
    uniforms: 'inner : i32,',
    outputShape,
    workgroupSize: [together, 1, 1],
    dispatch: [Math.ceil(n / together), Math.ceil(m / rowsEach), matrices],
    dispatchLayout: { x: [2], y: [1], z: [0] },
    shaderKey: `product ${transposeA} ${transposeB}`,
    getUserCode: () => `
      fn main() {
        let matrix = i32(globalId.z);
        let row = i32(globalId.y) * ${rowsEach};
        let column = i32(globalId.x);
        let rows = uniforms.outShape[1];
        let columns = uniforms.outShape[2];
        if (column >= columns) { return; }
        let atA = (matrix % uniforms.aShape[0]) * rows * uniforms.inner;
        var atB = (matrix % uniforms.bShape[0]) * columns * uniforms.inner
          + column * ${transposeB ? 'uniforms.inner' : '1'};
        ${each(
          (i) => `
          var a${i} = atA + min(row + ${i}, rows - 1) * ${transposeA ? '1' : 'uniforms.inner'};
          var sum${i} = 0.0;`,
        )}
        for (var k = 0; k < uniforms.inner; k++) {
          let b = B[atB];
          atB += ${transposeB ? '1' : 'columns'};
          ${each((i) => `sum${i} += A[a${i}] * b; a${i} += ${transposeA ? 'rows' : '1'};`)}
        }
        let place = (matrix * rows + row) * columns + column;
        ${each((i) => `if (row + ${i} < rows) { result[place + ${i} * columns] = sum${i}; }`)}
      }`,
  };
}

/** Along axes: Σ x, or the mean. */
function sumOf(kind: 'Sum' | 'Mean'): (call: ReduceCall) => TensorInfo {
  return ({ inputs: { x }, attrs: { axis, keepDims }, backend }) => {
    const rank = x.shape.length;
    const axes = tf.util.parseAxisParam(axis, x.shape);
    const order = tf.backend_util.getAxesPermutation(axes, rank);
    const inner = order ? transposed(x, order, backend) : x;
    const last = tf.backend_util.getInnerMostAxes(axes.length, rank);
    const [outer, reduced] = tf.backend_util.computeOutAndReduceShapes(inner.shape, last);
    const [rows, columns] = [outer, reduced].map((shape) => tf.util.sizeFromShape(shape));
    const flat = { dataId: inner.dataId, shape: [rows, columns], dtype: x.dtype };
    const shader = rowShader(
      `${kind} of a row`,
      [rows],
      `var sum = 0.0;
      for (var block = first; block < end; block += ${blockLength}) {
        var part = 0.0;
        for (var i = block; i < min(block + ${blockLength}, end); i++) { part += x[i]; }
        sum += part;
      }
      result[row] = sum${kind === 'Mean' ? ' / f32(columns)' : ''};`,
    );
    const { dataId, dtype } = backend.runWebGPUProgram(shader, [flat], 'float32');
    if (inner !== x) backend.disposeData(inner.dataId);
    const shape = keepDims ? tf.backend_util.expandShapeToKeepDim(outer, axes) : outer;
    return { dataId, shape, dtype };
  };
}

function transposed(x: TensorInfo, perm: number[], backend: ShaderBackend): TensorInfo {
  const { kernelFunc } = tf.getKernel('Transpose', 'webgpu');
  return kernelFunc({ inputs: { x }, attrs: { perm }, backend } as never) as unknown as TensorInfo;
}

/** A sum is made of sums of so many numbers: one number after the other would lose more of each. */
const blockLength = 64;

/** Along the last dimension: exp(x - max x) / Σ exp(x - max x). */
function softmax({ inputs: { logits }, attrs: { dim }, backend }: SoftmaxCall): TensorInfo {
  const columns = logits.shape[dim];
  const rows = tf.util.sizeFromShape(logits.shape) / columns;
  const flat = { dataId: logits.dataId, shape: [rows, columns], dtype: logits.dtype };
  const shader = rowShader(
    'softmax of a row',
    [rows, columns],
    `var most = x[first];
    for (var i = first + 1; i < end; i++) { most = max(most, x[i]); }
    var sum = 0.0;
    for (var i = first; i < end; i++) {
      let power = exp(x[i] - most);
      sum += power;
      result[i] = power;
    }
    for (var i = first; i < end; i++) { result[i] = result[i] / sum; }`,
  );
  const { dataId, dtype } = backend.runWebGPUProgram(shader, [flat], 'float32');
  return { dataId, shape: logits.shape, dtype };
}

/** A shader whose invocations are given a row each, the numbers from `first` to before `end` of `columns`. */
function rowShader(shaderKey: string, outputShape: number[], code: string): Shader {
  return {
    variableNames: ['x'],
    outputShape,
    workgroupSize: [together, 1, 1],
    dispatch: [Math.ceil(outputShape[0] / together), 1, 1],
    dispatchLayout: { x: [0] },
    shaderKey,
    getUserCode: () => `
      fn main(row : i32) {
        if (row >= uniforms.xShape[0]) { return; }
        let columns = uniforms.xShape[1];
        let first = row * columns;
        let end = first + columns;
        ${code}
      }`,
  };
}
