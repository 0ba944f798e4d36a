// One measurement of gpu-check, in a process of its own: forward passes and training steps of a model of the shape of
// InternVL3-1B with made-up weights, all of it trained. Prints a line of JSON for each thing measured.
//   node step.mjs '{ "engine": "cuda", "precision": "bfloat16", "compiler": "xla", "pairs": 1, ... }'

/**
 * @typedef {object} Settings
 * @property {import('../../dist/src/engine/names.js').EngineName} engine
 * @property {import('../../dist/src/engine/precision.js').Precision} precision
 * @property {import('../../dist/src/engine/compile.js').Compiler} compiler
 * @property {boolean} checkpointing
 * @property {number} pairs
 * @property {number} frames
 * @property {number} depth layers of the vision transformer, and of the decoder
 * @property {number} forwards
 * @property {number} steps
 * @property {boolean} [small] a twentieth of the widths, to try the check where there is no GPU
 */
const defaults = {
  engine: 'cuda',
  precision: 'bfloat16',
  compiler: undefined,
  checkpointing: false,
  pairs: 1,
  frames: 8,
  depth: 24,
  forwards: 4,
  steps: 5,
  small: false,
};
/** @type {Settings} */
const settings = { ...defaults, ...JSON.parse(process.argv[2] ?? '{}') };
const dist = new URL(process.env.SOLIREWARD_DIST ?? '../../dist/src/', import.meta.url);
const at = (/** @type {string} */ path) => import(new URL(path, dist).href);

const { use } = await at('engine/use.js');
const { tf } = await at('engine/tf.js');
const { nativeBackend } = await at('engine/binding.js');
const { setPrecision } = await at('engine/precision.js');
const { setCompiler, compiler } = await at('engine/compile.js');
const { published } = await at('model/presets.js');
const { parameterSpecs } = await at('model/parameters.js');
const { RewardModel } = await at('model/rewardModel.js');
const { stageOf } = await at('model/stage.js');
const { Tokens } = await at('model/input/tokens.js');
const { tinyFolder } = await at('model/tiny.js');
const { AdamW } = await at('train/adamw.js');
const { TrainStep } = await at('train/trainStep.js');
const { winTie } = await at('loss/winTie.js');
const { evenLayers } = await at('model/officialConfig.js');
const { dimensionPrompts } = await at('model/input/prompt.js');

const say = (/** @type {object} */ line) => console.log(JSON.stringify(line));
const gib = (/** @type {number} */ bytes) => Math.round((bytes / 2 ** 30) * 100) / 100;
const peak = () => {
  const memory = nativeBackend()?.binding.deviceMemory?.(true);
  return memory ? { peakGiB: gib(memory.peak), usedGiB: gib(memory.used) } : {};
};

const report = await use(settings.engine);
setPrecision(settings.precision);
if (settings.compiler) setCompiler(settings.compiler);
say({ engine: String(report), precision: settings.precision, compiler: compiler(), settings });

const base = published.internvl3_1b;
const { depth, frames, pairs } = settings;
const shrink = settings.small ? { hiddenSize: 64, intermediateSize: 128, heads: 2, imageSize: 56 } : {};
const shrinkLlm = settings.small
  ? { hiddenSize: 64, intermediateSize: 128, heads: 4, keyValueHeads: 2, vocabSize: 2048 }
  : {};
const config = {
  ...base,
  numSegments: frames,
  vision: { ...base.vision, ...shrink, layers: depth, dropPathRate: 0 },
  llm: { ...base.llm, ...shrinkLlm, layers: depth },
  layers: evenLayers(depth),
};
let start = performance.now();
const weights = new Map();
for (const [name, { shape, initial }] of parameterSpecs(config)) {
  const size = shape.reduce((/** @type {number} */ product, /** @type {number} */ n) => product * n, 1);
  const values = tf.tidy(() => {
    if (initial === 'ones') return tf.ones(shape);
    if (typeof initial !== 'object') return tf.zeros(shape);
    return tf.reshape(tf.mul(tf.sin(tf.mul(tf.range(0, size, 1, 'float32'), 12.9898)), 0.03), shape);
  });
  weights.set(name, tf.variable(values));
  values.dispose();
}
const tokens = await Tokens.load(tinyFolder());
const card = { dimension: 'physics', prompts: dimensionPrompts('physics') };
const model = RewardModel.assemble(config, weights, tokens, card);
const size = [...weights.values()].reduce((sum, variable) => sum + variable.size, 0);
say({ parameters: size, madeInSeconds: (performance.now() - start) / 1000, ...peak() });

const placeholder = tokens.id('<IMG_CONTEXT>');
const { imageSize, patchSize } = config.vision;
const tile = Math.round(((imageSize / patchSize) * config.downsampleRatio) ** 2);
/** A clip of noise with 80 tokens of text. @param {number} seed */
function input(seed) {
  const inputIds = new Int32Array(80 + frames * tile);
  const word = (/** @type {number} */ i) => (i * 7 + seed) % Math.min(200, placeholder);
  inputIds.forEach((_, i) => {
    inputIds[i] = i >= 60 && i < 60 + frames * tile ? placeholder : word(i);
  });
  const pixels = new Uint8Array(frames * imageSize * imageSize * 3);
  let state = seed * 7919 + 1;
  for (let i = 0; i < pixels.length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    pixels[i] = state >>> 24;
  }
  return { inputIds, pixels, shape: [frames, imageSize, imageSize] };
}
const clips = Array.from({ length: 2 * pairs }, (_, i) => input(i + 1));
const stage = stageOf(model, 'all');
const seconds = async (/** @type {() => Promise<unknown>} */ action) => {
  start = performance.now();
  const result = await action();
  return { ms: performance.now() - start, result };
};

for (let i = 0; i < settings.forwards; i++) {
  const { ms, result } = await seconds(() => model.rewards(clips));
  say({ forward: i, ms, rewards: /** @type {number[]} */ (result).slice(0, 2), ...peak() });
}
if (settings.steps > 0) {
  const trained = new Map(
    model.parameters('all').map((/** @type {string} */ name) => [name, weights.get(name)]),
  );
  const optimizer = new AdamW(trained, { weightDecay: 0.01 });
  const step = new TrainStep(stage, { loss: winTie(), optimizer, checkpointing: settings.checkpointing });
  const [zeros, ones] = [tf.zeros([pairs]), tf.ones([pairs])];
  for (let i = 0; i < settings.steps; i++) {
    const { ms, result } = await seconds(async () => {
      const { inputs } = stage.collate(clips);
      const batch = { inputs, tie: zeros, labels: { chosen: ones, rejected: zeros } };
      const done = await step.run([batch], { learningRate: 1e-6, clipNorm: 1 });
      tf.dispose(inputs);
      const [first] = [...weights.values()];
      await tf
        .slice(
          first,
          first.shape.map(() => 0),
          first.shape.map(() => 1),
        )
        .data(); // the update is done
      return done;
    });
    const { loss, gradNorm } = /** @type {{ loss: number, gradNorm: number }} */ (result);
    say({ step: i, ms, loss, gradNorm, ...peak() });
  }
}
process.exit(0);
