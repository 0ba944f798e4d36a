import { Compiled, setCompiler } from './compile.js';
import { type Tensor, type Tensor2D, tf } from './tf.js';

const fewestProducts = 4;
/** A product that takes less is made larger: it would measure the call. */
const shortest = 5;
const largest = 8192;

/**
 * Speed of matrix products on the engine in use at the precision in use, in GFLOP/s: the best of the products that fit in
 * the given time, and of four at least: on a busy machine the first alone may outlast it. The size starts at 128 and
 * doubles (to 8192) while a product takes under 5 ms.
 * @param milliseconds how long to measure.
 */
export async function matmulGflops(milliseconds: number): Promise<number> {
  // By TensorFlow's executor: XLA takes longer to compile a product than all of this.
  const before = setCompiler('graph');
  const product = new Compiled(
    ([a]) => [tf.slice(tf.matMul(a, a), [0, 0], [1, 1])],
    () => [],
  );
  let size = 128;
  let a: Tensor2D = tf.randomUniform([size, size]);
  try {
    const end = performance.now() + milliseconds;
    let best = 0;
    let products = 0;
    await timeProduct(product, a); // recorded, and the engine warmed up
    do {
      const elapsed = await timeProduct(product, a);
      products++;
      best = Math.max(best, (2 * size ** 3) / elapsed / 1e6);
      if (elapsed < shortest && size < largest) {
        size *= 2;
        a.dispose();
        a = tf.randomUniform([size, size]);
        if (elapsed < shortest / 8) await timeProduct(product, a);
      }
    } while (products < fewestProducts || performance.now() < end);
    return best;
  } finally {
    a.dispose();
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
