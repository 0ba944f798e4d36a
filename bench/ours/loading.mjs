// A checkpoint that is loaded, and each of its weights used once.
import { join } from 'node:path';
import { at } from '../../scripts/gpuCheck/dist.mjs';
import { modelOf } from '../../scripts/gpuCheck/shape.mjs';
import { shapes } from './shapes.mjs';
import { serve, settings } from './side.mjs';

const { use } = await at('engine/use.js');
const { tf } = await at('engine/tf.js');
const { load, save } = await at('model/load.js');

await use('native');
const folder = join(settings.folder, 'model');
// What makes it is a process of its own, so that its memory does not count.
if (settings.make) {
  await save(await modelOf(shapes[settings.shape]), folder);
  process.exit(0);
}

await serve({
  async load() {
    const start = performance.now();
    const model = await load(folder);
    const sum = tf.tidy(() =>
      tf.addN([...model.weights.values()].map((weight) => tf.tidy(() => tf.sum(tf.square(weight))))),
    );
    const values = await sum.data();
    const milliseconds = performance.now() - start;
    sum.dispose();
    model.dispose();
    return { values, milliseconds };
  },
});
