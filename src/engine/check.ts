import { Random } from '../base/random.js';
import { canCompile } from './compile.js';
import type { EngineName } from './names.js';
import { relativeError } from './relativeError.js';
import { tf } from './tf.js';
import { matmulGflops } from './throughput.js';
import { use } from './use.js';

/** Largest error of float32 arithmetic that passes, relative to the largest element. */
const TOLERANCE = 1e-4;

/** The result of `check`: errors are relative to the largest element of the exact result. */
export interface EngineCheck {
  /** The engine that was checked. */
  engine: EngineName;
  /** What computes, as in `EngineReport`. */
  library: string;
  /** Speed of a product of matrices, in GFLOP/s. */
  gflops: number;
  /** Error of a product of matrices. */
  matmulError: number;
  /** Error of its gradient. */
  gradientError: number;
  /** Whether steps are recorded and run as one call; on `native` and `cuda` that takes the binding of `engine build`. */
  compiles: boolean;
  /** Whether the errors are as small as they have to be. */
  ok: boolean;
}

/**
 * Checks an engine for about a second: C = A B and dA = (C - Y) Bᵀ of L = ½ |A B - Y|², taken by automatic
 * differentiation, against the same in double precision; then the speed of matrix products. Leaves the engine in use.
 * @throws as `use` when the engine does not work here.
 */
export async function check(name: EngineName): Promise<EngineCheck> {
  const { engine, library } = await use(name, { precision: 'float32' });
  const [rows, inner, columns] = [24, 40, 32];
  const random = new Random(1);
  const normals = (count: number) => Array.from({ length: count }, () => random.normal());
  const a = normals(rows * inner);
  const b = normals(inner * columns);
  const y = normals(rows * columns);

  const product = multiply(a, b, rows, inner, columns);
  const residual = product.map((value, i) => value - y[i]);
  const gradient = multiply(residual, transpose(b, inner, columns), rows, columns, inner);

  const [matmul, dA] = tf.tidy(() => {
    const [ta, tb, ty] = [
      tf.tensor2d(a, [rows, inner]),
      tf.tensor2d(b, [inner, columns]),
      tf.tensor2d(y, [rows, columns]),
    ];
    const loss = (x: typeof ta) => tf.mul(0.5, tf.sum(tf.square(tf.sub(tf.matMul(x, tb), ty))));
    return [tf.matMul(ta, tb), tf.grad(loss as Parameters<typeof tf.grad>[0])(ta)];
  });
  const matmulError = relativeError(await matmul.data(), product);
  const gradientError = relativeError(await dA.data(), gradient);
  tf.dispose([matmul, dA]);
  const ok = matmulError <= TOLERANCE && gradientError <= TOLERANCE;
  return {
    engine,
    library,
    gflops: await matmulGflops(800),
    matmulError,
    gradientError,
    compiles: canCompile(),
    ok,
  };
}

/** Row-major [rows, inner] x [inner, columns]. */
function multiply(a: number[], b: number[], rows: number, inner: number, columns: number): number[] {
  return Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += a[row * inner + k] * b[k * columns + column];
    return sum;
  });
}

/** Row-major [rows, columns] to [columns, rows]. */
function transpose(a: number[], rows: number, columns: number): number[] {
  return Array.from(a, (_, at) => a[(at % rows) * columns + Math.floor(at / rows)]);
}
