// Speed of large products at each precision, several in one call, so that the call itself does not count.
//   node products.mjs '{ "engine": "cuda", "precisions": ["float32", "tf32", "bfloat16"], "size": 8192 }'
import { at, say, settingsOf } from './dist.mjs';

const settings = settingsOf({
  engine: 'cuda',
  precisions: ['float32'],
  size: 8192,
  products: 10,
  repeats: 3,
});
const { use } = await at('engine/use.js');
const { tf } = await at('engine/tf.js');
const { atPrecision } = await at('engine/precision.js');
const { Compiled, setCompiler, compiles } = await at('engine/compile.js');

await use(settings.engine);
// XLA would compile the products for longer than they take.
if (compiles()) setCompiler('graph');
const { size, products, repeats } = settings;
const a = tf.randomUniform([size, size], 0, 2 / size); // sums of a row are about 1, so that powers stay finite
const chain = new Compiled(
  (/** @type {any[]} */ [factor]) => {
    let power = factor;
    for (let i = 0; i < products; i++) power = tf.matMul(power, factor);
    return [tf.slice(power, [0, 0], [1, 1])];
  },
  () => [],
);
for (const precision of settings.precisions) {
  const milliseconds = await atPrecision(precision, async () => {
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i <= repeats; i++) {
      const start = performance.now();
      const [corner] = await chain.call([a]);
      await corner.data();
      corner.dispose();
      if (i > 0) best = Math.min(best, performance.now() - start); // the first one is recorded
    }
    return best;
  });
  say({ precision, size, gflops: Math.round((2 * products * size ** 3) / milliseconds / 1e6) });
}
process.exit(0);
