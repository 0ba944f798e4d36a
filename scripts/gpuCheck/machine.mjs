// What is there: the card, its driver, the versions, and each engine with a product and a gradient that are checked.
//   node machine.mjs '{ "engines": ["cuda", "wasm"] }'
import { availableParallelism } from 'node:os';
import { at, say, settingsOf } from './dist.mjs';

const { engines } = settingsOf({ engines: ['cuda', 'native'] });
const { nvidiaSmi } = await at('engine/nvidia.js');
const { check } = await at('engine/check.js');
const { otherPrecisions } = await at('verify/precisions.js');

const query = ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'];
const id = process.env.CUDA_VISIBLE_DEVICES?.split(',')[0].trim() || '0';
const [name, memory, driver] = nvidiaSmi('-i', id, ...query)?.split(', ') ?? [];
say({ card: name, memory, driver, node: process.versions.node, cores: availableParallelism() });
for (const engine of engines) {
  try {
    const { library, gflops, matmulError, gradientError, ok } = await check(engine);
    const precisions = ['float32', ...otherPrecisions(engine)];
    say({ engine, ok, library, precisions, gflops: Math.round(gflops), matmulError, gradientError });
  } catch (error) {
    const { cause, message } = /** @type {Error} */ (error);
    say({ engine, ok: false, reason: String(cause ?? message) });
  }
}
process.exit(0);
