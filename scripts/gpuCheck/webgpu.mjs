// WebGPU's line: a product and a gradient that are checked, its speed, a forward pass of the tiny model, and training steps
// of the tutorial's part beside those of another engine from the same weights, both in float32.
//   node webgpu.mjs '{ "engine": "cuda", "frames": 8, "pairs": 16, "steps": 6 }'
import { at, say, settingsOf } from './dist.mjs';
import { medianMs } from './summary.mjs';

const settings = settingsOf({ engine: 'cuda', frames: 8, pairs: 16, steps: 6 });

const { check } = await at('engine/check.js');
const { setCompiler } = await at('engine/compile.js');
const { relativeError } = await at('engine/relativeError.js');
const { use } = await at('engine/use.js');
const { tf } = await at('engine/tf.js');
const { winTie } = await at('loss/winTie.js');
const { tiny } = await at('model/tiny.js');
const { stageOf } = await at('model/stages/stage.js');
const { AdamW } = await at('train/adamw.js');
const { TrainStep } = await at('train/trainStep.js');

try {
  await use('webgpu');
} catch (error) {
  const { cause, message } = /** @type {Error} */ (error);
  say({ skipped: String(cause ?? message) });
  process.exit(0);
}
const { library, gflops, matmulError, gradientError, ok } = await check('webgpu');
say({ library, gflops: Math.round(gflops), matmulError, gradientError, ok });

const config = { numSegments: settings.frames };
const model = await tiny({ config });
const start = performance.now();
const [reward] = await model.rewards([clip(model, 128)]);
say({ forward: 'the tiny model', reward, ms: performance.now() - start });
model.dispose();

const trained = await training('webgpu');
setCompiler('graph'); // XLA would compile for longer than these steps take
const expected = await training(settings.engine);
say({
  trained: settings.steps,
  pairs: settings.pairs,
  stepMs: medianMs(trained.steps),
  besides: settings.engine,
  besidesMs: medianMs(expected.steps),
  lossError: relativeError(trained.losses, expected.losses),
  weightError: relativeError(trained.weights, expected.weights),
});
process.exit(0);

/** A clip of one grey. @param {any} model @param {number} grey */
function clip(model, grey) {
  const { numSegments: frames, vision } = model.config;
  const pixels = new Uint8Array(frames * vision.imageSize ** 2 * 3).fill(grey);
  return model.processor.format.input({ id: `grey ${grey}` }, model.prompts, pixels);
}

/** Steps of decoder and head on clips of different greys. @param {string} engine */
async function training(engine) {
  await use(engine, { precision: 'float32' });
  const model = await tiny({ config, seed: 1 });
  const stage = stageOf(model, 'decoder+head');
  const names = model.parameters('decoder+head');
  const parameters = new Map(names.map((/** @type {string} */ name) => [name, model.weights.get(name)]));
  const optimizer = new AdamW(parameters, { weightDecay: 0.05 });
  const step = new TrainStep(stage, { loss: winTie(), optimizer });
  const { pairs, steps } = settings;
  /** @type {unknown[]} */
  const clips = [];
  for (let i = 0; i < 2 * pairs; i++)
    clips.push(await stage.features(clip(model, Math.round((255 * i) / (2 * pairs - 1)))));
  const [zeros, ones] = [tf.zeros([pairs]), tf.ones([pairs])];
  const labels = { chosen: ones, rejected: zeros };
  /** @type {{ steps: { ms: number }[], losses: number[], weights: number[] }} */
  const seen = { steps: [], losses: [], weights: [] };
  for (let i = 0; i < steps; i++) {
    const start = performance.now();
    const { inputs } = stage.collate(clips);
    const { loss } = await step.run([{ inputs, tie: zeros, labels }], { learningRate: 1e-3, clipNorm: 1 });
    tf.dispose(inputs);
    seen.losses.push(loss);
    seen.steps.push({ ms: performance.now() - start });
  }
  for (const variable of parameters.values()) seen.weights.push(...(await variable.data()));
  optimizer.dispose();
  model.dispose();
  return seen;
}
