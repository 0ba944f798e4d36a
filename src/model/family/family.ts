import type { Random } from '../../base/random.js';
import type { Tensor, Tensor2D, Tensor3D } from '../../engine/tf.js';
import {
  type InternVLFrameConfig,
  isInternVL,
  type QwenFrameConfig,
  type RewardModelConfig,
  tokensPerTile,
} from '../config.js';
import type { PaddedIds } from '../input/batch.js';
import type { ClipFormat } from '../input/processor.js';
import { imageContext, videoPad } from '../input/prompt.js';
import type { Tokens } from '../input/tokens.js';
import type { Weights } from '../weights/weights.js';
import { InternVL } from './internvl/backbone.js';
import { TileFormat } from './internvl/tileFormat.js';
import { QwenVL } from './qwenVl/backbone.js';
import { VideoFormat } from './qwenVl/videoFormat.js';
import type { VideoGrid } from './videoGrid.js';

/** What the backbones of all families do. */
export interface Backbone {
  /** Visual tokens [..., H] of the clips of a batch, in their order. @param random of drop path, in training. */
  encodeVision(pixelValues: Tensor, grids: readonly VideoGrid[], random?: Random): Tensor;
  /** What `decode` takes as positions, made on the host: a device's values are not to be waited for. */
  positions(tokens: PaddedIds, grids: readonly VideoGrid[]): Tensor[];
  /** Hidden states of the decoder: L + 1 tensors [B, N, H]. */
  decode(
    inputIds: Tensor2D,
    attentionMask: Tensor2D,
    visual: Tensor2D,
    grids: readonly VideoGrid[],
    positions?: readonly Tensor[],
  ): Tensor3D[];
}

/** The backbone of a configuration. @throws when the tokenizer lacks the placeholder of its visual tokens. */
export function backboneOf(weights: Weights, config: RewardModelConfig, tokens: Tokens): Backbone {
  return isInternVL(config)
    ? new InternVL(weights, config, tokens.id(imageContext))
    : new QwenVL(weights, config, tokens.id(videoPad));
}

/** How a model takes clips. */
export function formatOf(config: RewardModelConfig, tokens: Tokens): ClipFormat {
  if (!isInternVL(config)) return new VideoFormat(tokens, config);
  const sizes = { inputSize: config.vision.imageSize, tokensPerTile: tokensPerTile(config) };
  return new TileFormat(tokens, { ...config, ...sizes });
}

/** Names of a model's settings of how clips become frames. */
export function frameSettings(config: RewardModelConfig): string[] {
  const internvl: (keyof InternVLFrameConfig)[] = ['numSegments', 'maxNum', 'centerCropVideo'];
  const qwen: (keyof QwenFrameConfig)[] = [
    ...(['fps', 'minFrames', 'maxFrames'] as const),
    ...(['minPixels', 'maxPixels', 'totalPixels'] as const),
  ];
  return isInternVL(config) ? internvl : qwen;
}

/** Fields of the official `config.json` that name special tokens by their ids: Qwen-VL has some. */
export function tokenIdsOf(config: RewardModelConfig, tokens: Tokens): Record<string, number> {
  if (isInternVL(config)) return {};
  const names = {
    image_token_id: '<|image_pad|>',
    video_token_id: videoPad,
    vision_start_token_id: '<|vision_start|>',
    vision_end_token_id: '<|vision_end|>',
  };
  const found = Object.entries(names).map(([field, token]) => [field, tokens.find(token)] as const);
  return Object.fromEntries(found.filter((entry): entry is [string, number] => entry[1] !== undefined));
}
