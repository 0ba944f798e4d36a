// The model that is measured: of the shape of InternVL3-1B, with made-up weights.
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
 * @param {{ depth: number, frames: number, small: boolean }} shape layers of the vision transformer and of the decoder,
 *   frames of a clip; small: a twentieth of the widths, to try the check where there is no GPU.
 */
export async function makeModel({ depth, frames, small }) {
  const base = published.internvl3_1b;
  const vision = small ? { hiddenSize: 64, intermediateSize: 128, heads: 2, imageSize: 56 } : {};
  const llm = small
    ? { hiddenSize: 64, intermediateSize: 128, heads: 4, keyValueHeads: 2, vocabSize: 2048 }
    : {};
  const config = {
    ...base,
    numSegments: frames,
    vision: { ...base.vision, ...vision, layers: depth, dropPathRate: 0 },
    llm: { ...base.llm, ...llm, layers: depth },
    layers: evenLayers(depth),
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
