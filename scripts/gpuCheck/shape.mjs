// The models that are measured: of the shape of published ones, with made-up weights.
import { at } from './dist.mjs';

const { tf } = await at('engine/tf.js');
const { nativeBackend } = await at('engine/binding.js');
const { published } = await at('model/presets.js');
const { parameterSpecs } = await at('model/parameters.js');
const { assembleModel } = await at('model/load.js');
const { Tokens } = await at('model/input/tokens.js');
const { tinyFolder } = await at('model/tiny.js');
const { evenLayers } = await at('model/officialConfig.js');
const { dimensionPrompts } = await at('model/input/prompt.js');

/**
 * @typedef {object} Shape
 * @property {string} [preset] the published model; InternVL3-1B without.
 * @property {number} [depth] layers of the vision transformer and of the decoder; the published ones without.
 * @property {number} frames of a clip.
 * @property {boolean} small a twentieth of the widths, to try the check where there is no GPU.
 */

/** @param {Shape} shape */
export async function makeModel({ preset = 'internvl3_1b', depth, frames, small }) {
  const base = published[preset];
  const layers = depth ?? base.llm.layers;
  const vision = small ? { hiddenSize: 64, intermediateSize: 128, heads: 2, imageSize: 56 } : {};
  const llm = small
    ? { hiddenSize: 64, intermediateSize: 128, heads: 4, keyValueHeads: 2, vocabSize: 2048 }
    : {};
  const config = {
    ...base,
    numSegments: frames,
    vision: { ...base.vision, ...vision, layers: depth ?? base.vision.layers, dropPathRate: 0 },
    llm: { ...base.llm, ...llm, layers },
    layers: evenLayers(layers),
  };
  return modelOf(config);
}

/** A model with made-up weights. @param {import('../../dist/src/model/config.js').RewardModelConfig} config */
export async function modelOf(config) {
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
  return assembleModel(config, weights, tokens, card);
}

/** GiB to two places. */
export const gib = (/** @type {number} */ bytes) => Math.round((bytes / 2 ** 30) * 100) / 100;

/** What the GPU's allocator has counted since the last call. @returns {{ peakGiB?: number, usedGiB?: number }} */
export function memory() {
  const backend = nativeBackend();
  const counted = backend?.isUsingGpuDevice ? backend.binding.deviceMemory?.(true) : undefined;
  return counted ? { peakGiB: gib(counted.peak), usedGiB: gib(counted.used) } : {};
}
