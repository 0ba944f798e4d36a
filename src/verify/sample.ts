import { type Tensor, type Tensor1D, type Tensor2D, type Tensor3D, type Tensor4D, tf } from '../engine/tf.js';
import { gatherRows } from '../model/layers/gatherRows.js';
import type { RewardModel } from '../model/rewardModel.js';
import type { Tensors } from './fixtures.js';

/** The stages of a model on a stored batch. Results belong to the caller's `tf.tidy`. */
export class Sample {
  constructor(
    private readonly model: RewardModel,
    private readonly stored: Tensors,
  ) {}

  /** float32 [tiles, 3, S, S], padding tiles included. */
  pixels(): Tensor4D {
    const { data, shape } = this.stored.floats('input.pixel_values');
    return tf.tensor(data, shape) as Tensor as Tensor4D;
  }

  /** [B, N]: 1 for a token, 0 for padding. */
  mask(): Tensor2D {
    const { data, shape } = this.stored.get('input.attention_mask');
    return tf.tensor(Float32Array.from(data), shape) as Tensor as Tensor2D;
  }

  /** Visual tokens [tokens of all tiles, H], padding tiles included. */
  projected(): Tensor2D {
    return tf.reshape(this.model.encodeVision(this.pixels()) as Tensor, [
      -1,
      this.model.config.llm.hiddenSize,
    ]);
  }

  /** L + 1 tensors [B, N, H]. */
  states(): Tensor3D[] {
    const { data, shape } = this.stored.get('input.input_ids');
    const ids = tf.tensor(Int32Array.from(data), shape, 'int32') as Tensor as Tensor2D;
    return this.model.decode(ids, this.mask(), this.visual());
  }

  /** [B]. */
  rewards(): Tensor1D {
    return this.model.reward(this.states(), this.mask());
  }

  /** Logits of the whole vocabulary at the last token of each row, [B, vocabulary]. */
  logits(): Tensor2D {
    const [batch, length] = this.stored.get('input.attention_mask').shape;
    const flags = this.stored.get('input.attention_mask').data;
    const last = Int32Array.from({ length: batch }, (_, row) => {
      const own = flags.subarray(row * length, (row + 1) * length);
      return row * length + own.lastIndexOf(1);
    });
    const states = this.states();
    const rows = tf.reshape(states[states.length - 1], [batch * length, -1]) as Tensor2D;
    return tf.matMul(gatherRows(rows, last), this.vocabulary(), false, true);
  }

  /** The vocabulary projection [vocabulary, H]. */
  private vocabulary(): Tensor2D {
    const { weights } = this.model;
    const name = [...weights.keys()].find((key) => key.endsWith('lm_head.weight'));
    if (!name) throw new Error('verify: the model has no vocabulary projection');
    return weights.get(name) as Tensor as Tensor2D;
  }

  /** Visual tokens without those of padding tiles. */
  private visual(): Tensor2D {
    const projected = this.projected();
    const flags = this.stored.get('input.image_flags').data;
    const kept = Int32Array.from(flags.keys()).filter((tile) => flags[tile] === 1);
    const tiles = tf.reshape(projected, [flags.length, -1]) as Tensor2D;
    return tf.reshape(gatherRows(tiles, kept), [-1, projected.shape[1]]) as Tensor2D;
  }
}
