import { valuesAtHand } from '../../../engine/recording.js';
import { type Tensor, type Tensor2D, type Tensor3D, tf } from '../../../engine/tf.js';
import { headSizeOf } from '../../commonConfig.js';
import type { PaddedIds } from '../../input/batch.js';
import { normalisedPatches } from '../../input/normalise.js';
import { decoderMask } from '../../layers/attention.js';
import { multimodalRotaryTable } from '../../layers/rotary.js';
import { visualEmbedding } from '../../layers/visualEmbedding.js';
import { parameter, type Weights } from '../../weights/weights.js';
import { qwenDecoder } from '../decoder.js';
import { patchesOf, type VideoGrid } from '../videoGrid.js';
import type { QwenVLConfig } from './config.js';
import { multimodalPositions } from './multimodalPositions.js';
import { qwen2Vit } from './qwen2Vit.js';
import { qwen25Vit } from './qwen25Vit.js';

/** Qwen2-VL or Qwen2.5-VL: a vision transformer of any size of video and a Qwen2 decoder with multimodal positions. */
export class QwenVL {
  constructor(
    readonly weights: Weights,
    readonly config: QwenVLConfig,
    /** Id of the placeholder of a visual token, `<|video_pad|>`. */
    readonly videoPadId: number,
  ) {}

  /**
   * Visual tokens of videos, one after the other.
   * @param pixelValues [patches of all videos, 3 · frames of a patch · p²], bytes or normalised. @returns [visual tokens, H].
   * @throws when the patches are not those of the grids.
   */
  encodeVision(pixelValues: Tensor2D, grids: readonly VideoGrid[]): Tensor2D {
    const expected = grids.reduce((sum, grid) => sum + patchesOf(grid), 0);
    const [patches, width] = pixelValues.shape;
    if (expected !== patches) {
      throw new RangeError(`encodeVision: ${patches} patches, but the grids of the videos have ${expected}`);
    }
    return tf.tidy(() => {
      const pixels = pixelValues.dtype === 'int32' ? normalisedPatches(pixelValues) : pixelValues;
      let start = 0;
      const tokens = grids.map((grid) => {
        const own = tf.slice(pixels, [start, 0], [patchesOf(grid), width]) as Tensor2D;
        start += patchesOf(grid);
        return this.encodeVideo(own, grid);
      });
      return tf.concat(tokens, 0);
    });
  }

  /**
   * Hidden states of the decoder, with the visual tokens in the places of their placeholders, row by row.
   * @param inputIds [B, N]. @param attentionMask [B, N]: 1 for a token, 0 for padding on either side.
   * @param visual [visual tokens of the batch, H]. @param grids of the videos, row by row. @param positions as the method
   *   of that name gives them; not needed where the ids can be read at once.
   * @returns L + 1 tensors [B, N, H]: 0 the embeddings, L after the final norm.
   * @throws when the numbers of placeholders and of visual tokens differ, and without positions on WebGPU.
   */
  decode(
    inputIds: Tensor2D,
    attentionMask: Tensor2D,
    visual: Tensor2D,
    grids: readonly VideoGrid[],
    positions?: readonly Tensor[],
  ): Tensor3D[] {
    return tf.tidy(() => {
      const table = parameter(this.weights, 'model.embed_tokens.weight') as Tensor as Tensor2D;
      const embeddings = visualEmbedding(table, inputIds, this.videoPadId, visual);
      const mask = decoderMask(attentionMask);
      const [cos, sin] = positions ?? this.positionsOf(inputIds, attentionMask, grids);
      const rotary = { cos, sin };
      return qwenDecoder(this.weights, this.config.llm, 'model', embeddings, mask, rotary);
    });
  }

  private encodeVideo(patches: Tensor2D, grid: VideoGrid): Tensor2D {
    const { family, vision } = this.config;
    return family === 'Qwen2-VL'
      ? qwen2Vit(this.weights, vision, patches, grid)
      : qwen25Vit(this.weights, vision, patches, grid);
  }

  /**
   * Cosines and sines of the tokens' angles, [B, 1, N, d] each.
   * @param tokens the padded ids of a batch and their mask, on the host. @throws as `multimodalPositions`.
   */
  positions({ ids, mask, length }: PaddedIds, grids: readonly VideoGrid[]): Tensor[] {
    const { family, vision, llm, ropeSections } = this.config;
    const positions = multimodalPositions(ids, mask, length, grids, {
      placeholder: this.videoPadId,
      merge: vision.mergeSize,
      tokensPerSecond: family === 'Qwen2.5-VL' ? vision.tokensPerSecond : undefined,
    });
    const size = headSizeOf(llm);
    const { cos, sin } = multimodalRotaryTable(
      positions,
      ids.length / length,
      ropeSections,
      size,
      llm.ropeTheta,
    );
    return [cos, sin];
  }

  private positionsOf(inputIds: Tensor2D, attentionMask: Tensor2D, grids: readonly VideoGrid[]): Tensor[] {
    const [ids, mask] = [valuesAtHand(inputIds), valuesAtHand(attentionMask)];
    if (!ids || !mask) {
      throw new Error(
        'decode: the ids cannot be read at once here; give positions, as RewardModel.collate or backbone.positions does',
      );
    }
    return this.positions({ ids, mask, length: inputIds.shape[1] }, grids);
  }
}
