import type { Random } from '../../../base/random.js';
import { type Tensor, type Tensor2D, type Tensor3D, type Tensor4D, tf } from '../../../engine/tf.js';
import { headSizeOf } from '../../commonConfig.js';
import { normalisedTiles } from '../../input/normalise.js';
import { decoderMask } from '../../layers/attention.js';
import { gelu } from '../../layers/gelu.js';
import { linearOf } from '../../layers/linear.js';
import { layerNorm } from '../../layers/norm.js';
import { pixelShuffle } from '../../layers/pixelShuffle.js';
import { rotaryTable } from '../../layers/rotary.js';
import { visualEmbedding } from '../../layers/visualEmbedding.js';
import { parameter, type Weights } from '../../weights/weights.js';
import { qwenDecoder } from '../decoder.js';
import type { InternVLConfig } from './config.js';
import { internVit } from './internVit.js';

/** ε of the projector's norm: PyTorch's default, whatever the vision model has. */
const projectorEpsilon = 1e-5;

/** InternVL3 or InternVL3.5: InternViT, pixel shuffle, projector and a Qwen2 or Qwen3 decoder. */
export class InternVL {
  constructor(
    readonly weights: Weights,
    readonly config: InternVLConfig,
    /** Id of the placeholder of a visual token, `<IMG_CONTEXT>`. */
    readonly imageContextId: number,
  ) {}

  /**
   * Visual tokens of tiles.
   * @param pixelValues bytes [tiles, S, S, 3], or normalised [tiles, 3, S, S]. @param random of drop path, in training.
   * @returns [tiles, tokens of a tile, H].
   */
  encodeVision(pixelValues: Tensor4D, _?: unknown, random?: Random): Tensor3D {
    return tf.tidy(() => {
      const { selectLayer, downsampleRatio, pixelShuffleVersion } = this.config;
      const chosen = this.visionStates(pixelValues, random).at(selectLayer) as Tensor3D;
      const [tiles, tokens, width] = chosen.shape;
      const patches = tf.slice(chosen, [0, 1, 0], [tiles, tokens - 1, width]);
      const merged = pixelShuffle(patches, Math.round(1 / downsampleRatio), pixelShuffleVersion);
      const norm = parameter(this.weights, 'mlp1.0.weight');
      const normed = layerNorm(merged, norm, parameter(this.weights, 'mlp1.0.bias'), projectorEpsilon);
      return linearOf(this.weights, 'mlp1.3', gelu(linearOf(this.weights, 'mlp1.1', normed)));
    });
  }

  /** Hidden states of InternViT: its embeddings, then each layer's output, [tiles, tokens of a tile, width]. */
  visionStates(pixelValues: Tensor4D, random?: Random): Tensor3D[] {
    const pixels = pixelValues.dtype === 'int32' ? normalisedTiles(pixelValues) : pixelValues;
    return internVit(this.weights, this.config.vision, pixels, random);
  }

  /** Nothing: the position of a token is its place. */
  positions(): Tensor[] {
    return [];
  }

  /**
   * Hidden states of the decoder, with the visual tokens in the places of their placeholders, row by row.
   * @param inputIds [B, N]. @param attentionMask [B, N]: 1 for a token, 0 for padding.
   * @param visual [visual tokens of the batch, H].
   * @returns L + 1 tensors [B, N, H]: 0 the embeddings, L after the final norm.
   * @throws when the numbers of placeholders and of visual tokens differ, and for more tokens than positions.
   */
  decode(inputIds: Tensor2D, attentionMask: Tensor2D, visual: Tensor2D): Tensor3D[] {
    return tf.tidy(() => {
      const { llm } = this.config;
      const length = inputIds.shape[1];
      // From there on the official code stretches the rotary positions (dynamic scaling).
      if (length > llm.maxPositions) {
        throw new RangeError(
          `decode: ${length} tokens, but the model has positions for ${llm.maxPositions}; take fewer frames or tiles`,
        );
      }
      const mask = decoderMask(attentionMask);
      const rotary = rotaryTable(length, headSizeOf(llm), llm.ropeTheta);
      const table = parameter(this.weights, 'language_model.model.embed_tokens.weight') as Tensor as Tensor2D;
      const embeddings = visualEmbedding(table, inputIds, this.imageContextId, visual);
      return qwenDecoder(this.weights, llm, 'language_model.model', embeddings, mask, rotary);
    });
  }
}
