import { videoPad } from '../../input/prompt.js';
import type { ModelFamily } from '../family.js';
import type { VideoGrid } from '../videoGrid.js';
import { QwenVL } from './backbone.js';
import type { QwenFrameConfig, QwenVLConfig } from './config.js';
import { argsJson, configJson, readConfig } from './official.js';
import { visionParameters } from './parameters.js';
import { VideoFormat } from './videoFormat.js';

/** Qwen2-VL and Qwen2.5-VL: videos of any size as patches, a vision transformer of their own, and a Qwen2 decoder. */
export const qwenVl: ModelFamily<QwenVLConfig> = {
  members: ['Qwen2-VL', 'Qwen2.5-VL'],
  modelTypes: ['qwen2_vl', 'qwen2_5_vl'],
  frameSettings: [
    ...(['fps', 'minFrames', 'maxFrames'] as const),
    ...(['minPixels', 'maxPixels', 'totalPixels'] as const),
  ] satisfies (keyof QwenFrameConfig)[],
  placeholder: videoPad,
  readConfig,
  configJson,
  argsJson,
  visionParameters,
  parameterNames: { vision: ['visual.'], decoder: 'model', projection: 'lm_head.weight' },
  backbone: (weights, config, tokens) => new QwenVL(weights, config, tokens.id(videoPad)),
  format: (config, tokens) => new VideoFormat(tokens, config),
  maxTokens: () => undefined,
  visualLayout({ vision: { mergeSize } }, { grids }) {
    const [{ t, h, w }] = grids as readonly VideoGrid[];
    return { frames: t, rows: h / mergeSize, columns: w / mergeSize };
  },
  clipSize: () => undefined,
};
