import { Compiled, setCompiler } from './compile.js';
import { type Tensor, tf } from './tf.js';

const fewestProducts = 4;
/** A product that takes less is made larger: it would measure the call. */
const shortest = 5;
const largest = 8192;

/**
 * Speed of matrix products on the engine in use at the precision in use, in GFLOP/s: the best of the products that fit in
 * the given time, and of four at least: on a busy machine the first alone may outlast it. The size starts at 128 and
 * doubles (to 8192) while a product takes under 5 ms; the first product of a size, for which an engine loads its kernels, is
 * not counted, nor is its time.
 * @param milliseconds how long to measure.
 */
export async function matmulGflops(milliseconds: number): Promise<number> {
  // By TensorFlow's executor: XLA takes longer to compile a product than all of this.
  const before = setCompiler('graph');
  const product = new Compiled(
    ([a]) => [tf.slice(tf.matMul(a, a), [0, 0], [1, 1])],
    () => [],
  );
  let best = 0;
  let products = 0;
  let left = milliseconds;
  try {
    for (let size = 128; products < fewestProducts || left > 0; size *= 2) {
      const a = tf.ones([size, size]);
      await timeProduct(product, a);
      let fastest = Number.POSITIVE_INFINITY;
      do {
        fastest = Math.min(fastest, await timeProduct(product, a));
        products++;
        left -= fastest;
      } while ((fastest >= shortest || size === largest) && (products < fewestProducts || left > 0));
      best = Math.max(best, (2 * size ** 3) / fastest / 1e6);
      a.dispose();
    }
    return best;
  } finally {
    product.dispose();
    setCompiler(before);
  }
}

/** Milliseconds of one product, read back so that an engine that queues its work has really done it. */
async function timeProduct(product: Compiled, a: Tensor): Promise<number> {
  const start = performance.now();
  const [corner] = await product.call([a]);
  await corner.data();
  corner.dispose();
  return performance.now() - start;
}
