import { type Tensor2D, tf } from './tf.js';

const fewestProducts = 4;

/**
 * Speed of float32 matrix products on the engine in use, in GFLOP/s: the best of the products that fit in the
 * given time, and of four at least: on a busy machine the first alone may outlast it. The size starts at 128 and doubles (to 1024) while a product takes under 5 ms.
 * @param milliseconds how long to measure.
 */
export async function matmulGflops(milliseconds: number): Promise<number> {
  const end = performance.now() + milliseconds;
  let best = 0;
  let size = 128;
  let products = 0;
  let a: Tensor2D = tf.randomUniform([size, size]);
  do {
    const elapsed = await timeProduct(a);
    products++;
    best = Math.max(best, (2 * size ** 3) / elapsed / 1e6);
    if (elapsed < 5 && size < 1024) {
      size *= 2;
      a.dispose();
      a = tf.randomUniform([size, size]);
    }
  } while (products < fewestProducts || performance.now() < end);
  a.dispose();
  return best;
}

/** Milliseconds of one product, read back so that an engine that queues its work has really done it. */
async function timeProduct(a: Tensor2D): Promise<number> {
  const start = performance.now();
  const corner = tf.tidy(() => tf.slice(tf.matMul(a, a), [0, 0], [1, 1]));
  await corner.data();
  corner.dispose();
  return performance.now() - start;
}
