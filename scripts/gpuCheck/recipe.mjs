// Notebook 07's recipe on a model of the shape of InternVL3-1B with made-up weights and on generated clips, for some
// updates, its checkpoint included. An update sees few pairs here; the recipe's see 320.
//   node recipe.mjs '{ "engine": "cuda", "updates": 20 }'
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at, say, settingsOf, timed } from './dist.mjs';
import { worldFor } from './world.mjs';

const defaults = {
  engine: 'cuda',
  updates: 20,
  accumulate: 1,
  clips: 48,
  depth: 24,
  frames: 8,
  small: false,
};
const settings = settingsOf(defaults);
const sr = await at('index.js');
const { compiler } = await at('engine/compile.js');
const folder = mkdtempSync(join(tmpdir(), 'gpu-check-recipe-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const report = await sr.engine.use(settings.engine);
say({ engine: String(report), settings: { ...settings, compiler: compiler() } });
const { makeModel, memory } = await import('./shape.mjs');
const model = await makeModel(settings);
const seed = 42;
const { votes, video } = await worldFor(
  { clips: settings.clips, seed, folder: join(folder, 'world') },
  model,
);
const { labels } = sr.data.dawidSkene(votes);
const pairs = sr.pairing.crossPrompt(labels, { dimension: 'physics', winTie: 0.25, seed });
say({ clips: settings.clips, video, pairs: pairs.length, ...memory() });

const { seconds, result } = await timed(() =>
  sr.train.fit(model, pairs, {
    loss: sr.loss.winTie({ margin: 3 }),
    trainable: 'all',
    steps: settings.updates,
    batchSize: 1,
    accumulate: settings.accumulate,
    learningRate: 1e-6,
    schedule: 'logarithmic',
    weightDecay: 0.01,
    decay: 'all',
    clipNorm: 1,
    seed,
    folder: join(folder, 'run'),
    onProgress: (/** @type {any} */ { step, loss, gradNorm, secondsPerStep }) =>
      say({ update: step, ms: 1000 * secondsPerStep, loss, gradNorm, ...memory() }),
  }),
);
say({ status: result.status, updates: result.history.length, seconds });
process.exit(0);
