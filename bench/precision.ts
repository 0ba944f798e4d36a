// The tutorial's training in float32 and with bfloat16 products, on the same worlds, pairs and first weights:
// vite-node bench/precision.ts [CLIPS 1500] [STEPS 300] [SEEDS 3]
// Prints the pair accuracy on unseen prompts of each, and the paired differences over the seeds; beside them those of float32
// with the pairs in another order, which is the noise.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FrameCache } from '../src/data/video/frameCache.js';
import * as sr from '../src/index.js';

const [clips, steps, seeds] = [1500, 300, 3].map((value, i) => Number(process.argv[2 + i] ?? value));
const dimension = 'physics';
const variants = {
  float32: { precision: 'float32', order: 0 },
  bfloat16: { precision: 'bfloat16', order: 0 },
  reordered: { precision: 'float32', order: 1000 },
} as const;
type Variant = keyof typeof variants;
const names = Object.keys(variants) as Variant[];
const accuracies: Record<Variant, number[]> = { float32: [], bfloat16: [], reordered: [] };
for (let seed = 1; seed <= seeds; seed++) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-precision-'));
  const { votes } = await sr.data.makeWorld({ clips, seed, folder: join(folder, 'world') });
  const { labels } = sr.data.dawidSkene(votes);
  const { train, test } = sr.data.splitByPrompt(labels, { test: 0.3, seed });
  const held = sr.data.clipsOf(test, dimension);
  for (const name of names) {
    const { precision, order } = variants[name];
    await sr.engine.use('native', { precision });
    const model = await sr.model.tiny({ dimension, seed, cache: new FrameCache(join(folder, 'cache')) });
    const pairs = sr.pairing.crossPrompt(train, { dimension, winTie: 0.25, seed: seed + order });
    const run = await sr.train.fit(model, pairs, {
      trainable: 'decoder+head',
      steps,
      batchSize: 16,
      accumulate: 1,
      learningRate: 1e-3,
      schedule: 'cosine',
      weightDecay: 0.05,
      seed: seed + order,
      folder: join(folder, name),
    });
    const scores = await model.score(
      held.map(({ clip }) => clip),
      { batchSize: 32 },
    );
    const accuracy = sr.analysis.allPairRatio(
      scores,
      held.map(({ pass }) => pass),
    );
    accuracies[name].push(accuracy);
    console.log(JSON.stringify({ seed, name, accuracy, loss: run.history.at(-1)?.loss }));
    model.dispose();
  }
  rmSync(folder, { recursive: true });
}
const less = (name: Variant) => accuracies[name].map((value, i) => value - accuracies.float32[i]);
console.log(JSON.stringify({ accuracies, bfloat16: less('bfloat16'), noise: less('reordered') }));
process.exit(0);
