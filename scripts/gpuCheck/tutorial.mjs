// Notebook 01 in small, end to end: a generated world, votes, labels, pairs, training, evaluation.
//   node tutorial.mjs '{ "engine": "cuda", "clips": 500, "steps": 100 }'
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at, say, settingsOf, timed } from './dist.mjs';
import { worldFor } from './world.mjs';

const settings = settingsOf({ engine: 'cuda', compiler: undefined, clips: 500, steps: 100, seed: 1 });
const sr = await at('index.js');
const { seed, steps, clips } = settings;
const dimension = 'physics';
const folder = mkdtempSync(join(tmpdir(), 'gpu-check-tutorial-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

say({ engine: String(await sr.engine.use(settings.engine)), settings });
if (settings.compiler) (await at('engine/compile.js')).setCompiler(settings.compiler);
const model = await sr.model.tiny({ dimension, seed });
const made = await timed(() => worldFor({ clips, seed, folder: join(folder, 'world') }, model));
const { votes, video, cache } = made.result;
say({ clips, video, dataSeconds: made.seconds });

const { labels } = sr.data.dawidSkene(votes);
const { train, validation, test } = sr.data.splitByPrompt(labels, { test: 0.2, validation: 0.1, seed });
const pairs = sr.pairing.crossPrompt(train, { dimension, winTie: 0.25, seed });
/** @type {number[]} */
const seconds = [];
const trained = await timed(() =>
  sr.train.fit(model, pairs, {
    trainable: 'decoder+head',
    steps,
    batchSize: 16,
    accumulate: 1,
    learningRate: 1e-3,
    schedule: 'cosine',
    weightDecay: 0.05,
    evaluate: validation,
    folder: join(folder, 'run'),
    onProgress: (/** @type {{ secondsPerStep: number }} */ { secondsPerStep }) =>
      seconds.push(secondsPerStep),
  }),
);
const { history, best } = trained.result;
const median = seconds.sort((a, b) => a - b)[seconds.length >> 1];
say({
  steps: history.length,
  trainingSeconds: trained.seconds,
  msPerStep: 1000 * median,
  loss: history.at(-1).loss,
});

const evaluated = await timed(async () => {
  const model = await sr.model.load(best.folder, { cache });
  const labelled = sr.data.clipsOf(test, dimension);
  const scores = await model.score(
    labelled.map((/** @type {any} */ { clip }) => clip),
    { batchSize: 32 },
  );
  return sr.analysis.allPairRatio(
    scores,
    labelled.map((/** @type {any} */ { pass }) => pass),
  );
});
say({ pairAccuracy: evaluated.result, evaluationSeconds: evaluated.seconds });
process.exit(0);
