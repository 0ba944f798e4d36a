import { imageContext } from '../../input/prompt.js';
import type { ModelFamily } from '../family.js';
import { InternVL } from './backbone.js';
import { type InternVLConfig, type InternVLFrameConfig, tokensPerTile } from './config.js';
import { argsJson, configJson, readConfig } from './official.js';
import { visionParameters } from './parameters.js';
import { TileFormat } from './tileFormat.js';

/** InternVL3 and InternVL3.5: square tiles of frames, InternViT, and a Qwen2 or Qwen3 decoder. */
export const internvl: ModelFamily<InternVLConfig> = {
  members: ['InternVL3', 'InternVL3-5'],
  modelTypes: ['internvl_chat'],
  frameSettings: ['numSegments', 'maxNum', 'centerCropVideo'] satisfies (keyof InternVLFrameConfig)[],
  placeholder: imageContext,
  readConfig,
  configJson,
  argsJson,
  visionParameters,
  parameterNames: {
    vision: ['vision_model.', 'mlp1.'],
    decoder: 'language_model.model',
    projection: 'language_model.lm_head.weight',
  },
  backbone: (weights, config, tokens) => new InternVL(weights, config, tokens.id(imageContext)),
  format: (config, tokens) =>
    new TileFormat(tokens, {
      ...config,
      inputSize: config.vision.imageSize,
      tokensPerTile: tokensPerTile(config),
    }),
  // Its decoder refuses more.
  maxTokens: ({ llm }) => llm.maxPositions,
  visualLayout({ numSegments, vision, downsampleRatio }, { pixelValues }) {
    if (pixelValues.shape[0] !== numSegments) return { frames: numSegments };
    const side = (vision.imageSize / vision.patchSize) * downsampleRatio;
    return { frames: numSegments, rows: side, columns: side };
  },
  clipSize(config) {
    const { numSegments, maxNum, vision } = config;
    const tiles = numSegments * (maxNum > 1 ? maxNum + 1 : 1);
    const patches = Math.floor(vision.imageSize / vision.patchSize) ** 2 + 1;
    return { tiles, patches, visualTokens: tiles * tokensPerTile(config) };
  },
};
