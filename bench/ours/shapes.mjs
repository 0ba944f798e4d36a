// The shapes of models that are measured with new weights.
import { at } from '../../scripts/gpuCheck/dist.mjs';

const { published } = await at('model/presets.js');
const { evenLayers } = await at('model/officialConfig.js');

const { internvl3_1b } = published;

/**
 * InternVL3 with other sizes.
 * @param {object} vision
 * @param {{ layers: number, [size: string]: number }} llm
 * @param {object} more
 */
const internvl3 = (vision, llm, more = {}) => ({
  ...internvl3_1b,
  vision: { ...internvl3_1b.vision, dropPathRate: 0, ...vision },
  llm: { ...internvl3_1b.llm, ...llm },
  layers: evenLayers(llm.layers),
  ...more,
});

/** @type {Record<string, import('../../dist/src/model/config.js').RewardModelConfig>} */
export const shapes = {
  /** 134 million parameters: 4 frames of 257 tokens, which become 64 of the decoder's. */
  '134m': internvl3(
    { hiddenSize: 512, heads: 8, intermediateSize: 2048, layers: 12, imageSize: 224 },
    { hiddenSize: 640, heads: 10, keyValueHeads: 2, intermediateSize: 1728, layers: 8, vocabSize: 40_000 },
    { numSegments: 4 },
  ),
  '1b': internvl3({}, { layers: 24 }),
  /** About 2 GB of weights. */
  '2gb': internvl3(
    { layers: 1 },
    { hiddenSize: 1536, heads: 12, intermediateSize: 8960, layers: 10, vocabSize: 4096 },
  ),
  small: internvl3(
    { hiddenSize: 64, heads: 2, intermediateSize: 128, layers: 2, imageSize: 56 },
    { hiddenSize: 64, heads: 4, keyValueHeads: 2, intermediateSize: 128, layers: 4, vocabSize: 2048 },
    { numSegments: 2 },
  ),
};
