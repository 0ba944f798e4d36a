// WebGPU's line: a product and a gradient that are checked, its speed, and a forward pass of the tiny model.
import { at, say } from './dist.mjs';

const { check } = await at('engine/check.js');
const { tiny } = await at('model/tiny.js');

const { use } = await at('engine/use.js');

try {
  await use('webgpu');
} catch (error) {
  const { cause, message } = /** @type {Error} */ (error);
  say({ skipped: String(cause ?? message) });
  process.exit(0);
}
const { library, gflops, matmulError, gradientError, ok } = await check('webgpu');
say({ library, gflops: Math.round(gflops), matmulError, gradientError, ok });
const model = await tiny();
const { numSegments: frames, vision } = model.config;
const pixels = new Uint8Array(frames * vision.imageSize ** 2 * 3).fill(128);
const start = performance.now();
const [reward] = await model.rewards([model.processor.format.input({ id: 'grey' }, model.prompts, pixels)]);
say({ forward: 'the tiny model', reward, ms: performance.now() - start });
process.exit(0);
