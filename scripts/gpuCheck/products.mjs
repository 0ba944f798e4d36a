// Speed of large products at each precision.
//   node products.mjs '{ "engine": "cuda", "precisions": ["float32", "tf32", "bfloat16"] }'
import { at, say, settingsOf } from './dist.mjs';

const settings = settingsOf({ engine: 'cuda', precisions: ['float32'], milliseconds: 1500 });
const { use } = await at('engine/use.js');
const { atPrecision } = await at('engine/precision.js');
const { matmulGflops } = await at('engine/throughput.js');

await use(settings.engine);
for (const precision of settings.precisions) {
  const gflops = await atPrecision(precision, () => matmulGflops(settings.milliseconds));
  say({ precision, gflops: Math.round(gflops) });
}
process.exit(0);
