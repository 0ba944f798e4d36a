// Training steps and forward passes of a model, all of it trained, or decoder and head on what the vision part has made
// of the clips, as in the tutorial. Writes model/ and inputs.safetensors for the other side.
import { join } from 'node:path';
import { at } from '../../scripts/gpuCheck/dist.mjs';
import { shapes } from './shapes.mjs';
import { noise, serve, settings } from './side.mjs';

const { use } = await at('engine/use.js');
const { tf } = await at('engine/tf.js');
const { Compiled } = await at('engine/compile.js');
const { stageOf } = await at('model/stages/stage.js');
const { create, save } = await at('model/load.js');
const { tiny, tinyFolder } = await at('model/tiny.js');
const { dimensionPrompts } = await at('model/input/prompt.js');
const { normalisedTiles } = await at('model/input/normalise.js');
const { writeTensors } = await at('model/weights/safetensors.js');
const { AdamW } = await at('train/adamw.js');
const { TrainStep } = await at('train/trainStep.js');
const { winTie } = await at('loss/winTie.js');

const { folder, shape, trainable, pairs, text, learningRate, clipNorm, weightDecay } = settings;
await use('native');
const card = { dimension: 'physics', prompts: dimensionPrompts('physics') };
const model = await (shape === 'tutorial'
  ? tiny({ dimension: 'physics', seed: 1 })
  : create(shapes[shape], { seed: 1, tokenizer: tinyFolder(), card }));
await save(model, join(folder, 'model'));

const { numSegments: frames, vision, llm, downsampleRatio } = model.config;
const perFrame = (downsampleRatio * (vision.imageSize / vision.patchSize)) ** 2;
const placeholder = model.backbone.imageContextId;
const words = llm.vocabSize - placeholder - 1;
const clips = Array.from({ length: 2 * pairs }, (_, i) => clipOf(i + 1));
await writeInputs();

/**
 * The placeholders of a clip's visual tokens between two halves of a text, and its pixels or its visual tokens.
 * @param {number} seed
 * @returns {any}
 */
function clipOf(seed) {
  const said = Int32Array.from(noise(text, seed), (byte) => (byte % words) + placeholder + 1);
  const half = text >> 1;
  const places = new Int32Array(frames * perFrame).fill(placeholder);
  const inputIds = Int32Array.from([...said.slice(0, half), ...places, ...said.slice(half)]);
  if (trainable === 'all') {
    const side = vision.imageSize;
    return { inputIds, pixels: noise(frames * side * side * 3, seed), shape: [frames, side, side] };
  }
  const visual = Float32Array.from(noise(places.length * llm.hiddenSize, seed), (byte) => byte / 128 - 1);
  return { inputIds, visual, grids: [] };
}

async function writeInputs() {
  const stored = (/** @type {number[]} */ shape, /** @type {Iterable<number>} */ data) => ({
    shape,
    data: Float32Array.from(data),
  });
  const length = clips[0].inputIds.length;
  const ids = clips.flatMap((clip) => [...clip.inputIds]);
  const tensors = new Map([['input_ids', stored([clips.length, length], ids)]]);
  if (trainable === 'all') {
    for (const [i, { pixels, shape }] of clips.entries()) {
      const tiles = normalisedTiles(tf.tensor(pixels, [...shape, 3], 'int32'));
      tensors.set(`pixel_values.${i}`, stored(tiles.shape, await tiles.data()));
      tiles.dispose();
    }
  } else {
    for (const [i, { visual }] of clips.entries())
      tensors.set(`visual.${i}`, stored([visual.length / llm.hiddenSize, llm.hiddenSize], visual));
  }
  await writeTensors(join(folder, 'inputs.safetensors'), tensors);
}

const stage = stageOf(model, trainable);
const trained = new Map(
  model.parameters(trainable).map((/** @type {string} */ name) => [name, model.weights.get(name)]),
);
const optimizer = new AdamW(trained, { weightDecay, decays: () => true });
const training = new TrainStep(stage, { loss: winTie(), optimizer });
const rewards = new Compiled(
  (/** @type {import('@tensorflow/tfjs-core').Tensor[]} */ inputs) => [stage.rewards(inputs)],
  () => stage.variables(),
);
const [zeros, ones] = [tf.zeros([pairs]), tf.ones([pairs])];
// Made once, as at the peer: on both sides only the model is measured.
const { inputs } = stage.collate(clips);

await serve({
  async step() {
    const batch = { inputs, tie: zeros, labels: { chosen: ones, rejected: zeros } };
    const { loss, gradNorm } = await training.run([batch], { learningRate, clipNorm });
    return { values: [loss, gradNorm] };
  },
  async forward() {
    const [result] = await rewards.call(inputs);
    const values = await result.data();
    result.dispose();
    return { values };
  },
});
