// The product of two matrices.
import { at } from '../../scripts/gpuCheck/dist.mjs';
import { serve, settings } from './side.mjs';

const { use } = await at('engine/use.js');
const { tf } = await at('engine/tf.js');
await use('native');
const { size } = settings;
const a = tf.tensor2d(
  Float32Array.from({ length: size * size }, (_, i) => (i % 17) / 16),
  [size, size],
);

await serve({
  async product() {
    const corner = tf.tidy(() => tf.slice(tf.matMul(a, a), [0, 0], [1, 4]));
    const values = await corner.data();
    corner.dispose();
    return { values };
  },
});
