// One measurement of gpu-check, in a process of its own: training steps and forward passes of a model of the shape of a
// published one with made-up weights. Prints a line of JSON for each thing measured.
//   node step.mjs '{ "engine": "cuda", "precision": "bfloat16", "compiler": "xla", "pairs": 1, ... }'
import { at, say, settingsOf } from './dist.mjs';

/**
 * @typedef {object} Settings
 * @property {import('../../dist/src/engine/names.js').EngineName} engine
 * @property {import('../../dist/src/engine/precision.js').Precision} precision
 * @property {import('../../dist/src/engine/compile.js').Compiler | undefined} compiler
 * @property {boolean} checkpointing
 * @property {number} pairs
 * @property {number} frames
 * @property {string} preset
 * @property {'all' | 'head'} trainable what stays frozen is computed once a clip, before the steps
 * @property {number | undefined} depth layers of the vision transformer and of the decoder; the published ones without
 * @property {number} forwards
 * @property {number} steps
 * @property {boolean} small a twentieth of the widths, to try the check where there is no GPU
 */
/** @type {Settings} */
const defaults = {
  engine: 'cuda',
  precision: 'bfloat16',
  compiler: undefined,
  checkpointing: false,
  pairs: 1,
  frames: 8,
  preset: 'internvl3_1b',
  trainable: 'all',
  depth: undefined,
  forwards: 4,
  steps: 5,
  small: false,
};
const settings = settingsOf(defaults);

const { use } = await at('engine/use.js');
const { tf } = await at('engine/tf.js');
const { setPrecision } = await at('engine/precision.js');
const { setCompiler, compiler } = await at('engine/compile.js');
const { stageOf } = await at('model/stages/stage.js');
const { disposeStates, toCard } = await at('model/stages/hiddenFeatures.js');
const { AdamW } = await at('train/adamw.js');
const { TrainStep } = await at('train/trainStep.js');
const { winTie } = await at('loss/winTie.js');
const { trainingBytes } = await at('train/memory.js');
const { gib, makeModel, memory } = await import('./shape.mjs');

const report = await use(settings.engine);
setPrecision(settings.precision);
if (settings.compiler) setCompiler(settings.compiler);
say({
  engine: String(report),
  attention: report.attention,
  settings: { ...settings, compiler: compiler() },
});

const start = performance.now();
const model = await makeModel(settings);
const { weights } = model;
const { frames, pairs, trainable } = settings;
const side = model.config.vision.imageSize;
const clips = Array.from({ length: 2 * pairs }, (_, i) => noise(i + 1));
const parameters = [...weights.values()].reduce((sum, { size }) => sum + size, 0);
const madeInSeconds = (performance.now() - start) / 1000;
const predictedGiB = gib(trainingBytes(model, trainable, settings));
say({ parameters, madeInSeconds, tokens: clips[0].inputIds.length, predictedGiB, ...memory() });

/** A clip of noise. @param {number} seed */
function noise(seed) {
  const pixels = new Uint8Array(frames * side * side * 3);
  let state = seed * 7919 + 1;
  for (let i = 0; i < pixels.length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    pixels[i] = state >>> 24;
  }
  return model.processor.format.input({ id: `noise-${seed}` }, model.prompts, pixels);
}

/** @template T @param {() => Promise<T>} action */
async function milliseconds(action) {
  const start = performance.now();
  const result = await action();
  return { ms: performance.now() - start, result };
}

if (settings.steps > 0) {
  const stage = stageOf(model, trainable);
  const trained = new Map(
    model.parameters(trainable).map((/** @type {string} */ name) => [name, weights.get(name)]),
  );
  /** @type {unknown[]} */
  const features = [];
  for (const [i, clip] of clips.entries()) {
    const { ms, result } = await milliseconds(() => stage.features(clip));
    features.push(result);
    if (trainable !== 'all') say({ features: i, ms, ...memory() });
  }
  // As notebook 07's recipe, which finds these programs then.
  const optimizer = new AdamW(trained, { weightDecay: 0.01, decays: () => true });
  const loss = winTie({ margin: 3 });
  const step = new TrainStep(stage, { loss, optimizer, checkpointing: settings.checkpointing });
  const [zeros, ones] = [tf.zeros([pairs]), tf.ones([pairs])];
  const [first] = trained.values();
  /** @param {unknown[]} given features of the clips */
  const update = (given) =>
    milliseconds(async () => {
      const { inputs } = stage.collate(given);
      const batch = { inputs, tie: zeros, labels: { chosen: ones, rejected: zeros } };
      const done = await step.run([batch], { learningRate: 1e-6, clipNorm: 1 });
      tf.dispose(inputs);
      const [begin, size] = [0, 1].map((n) => new Array(first.rank).fill(n));
      await tf.slice(first, begin, size).data(); // the update is done
      return done;
    });
  for (let i = 0; i < settings.steps; i++) {
    const { ms, result } = await update(features);
    say({ step: i, ms, loss: result.loss, gradNorm: result.gradNorm, ...memory() });
  }
  if (trainable === 'head') {
    const onCard = features.map(toCard);
    for (let i = 0; i < settings.steps; i++) {
      const { ms, result } = await update(onCard);
      say({ stepOnCard: i, ms, loss: result.loss, gradNorm: result.gradNorm, ...memory() });
    }
    for (const states of onCard) disposeStates(states);
  }
  optimizer.dispose();
}
for (let i = 0; i < settings.forwards; i++) {
  const { ms, result } = await milliseconds(() => model.rewards(clips));
  say({ forward: i, ms, rewards: result.slice(0, 2), ...memory() });
}
process.exit(0);
