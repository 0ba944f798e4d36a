import { type Tensor, type Tensor1D, type Tensor2D, type Tensor3D, tf } from '../engine/tf.js';
import type { VideoGrid } from '../model/family/videoGrid.js';
import type { Batch, ClipInput } from '../model/input/batch.js';
import { normalisedPatches } from '../model/input/normalise.js';
import { imageContext, videoPad } from '../model/input/prompt.js';
import { gatherRows } from '../model/layers/gatherRows.js';
import { parameterNames } from '../model/parameterNames.js';
import type { RewardModel } from '../model/rewardModel.js';
import { parameter } from '../model/weights/weights.js';
import type { Tensors } from './fixtures.js';

/** The stages of a model on a stored batch. Results belong to the caller's `tf.tidy`. */
export class Sample {
  constructor(
    private readonly model: RewardModel,
    private readonly stored: Tensors,
    /** Turns each row so that its padding comes first. */
    private readonly paddingFirst = false,
  ) {}

  /** Tiles [tiles, 3, S, S], padding tiles included, of InternVL; patches [patches, values] of Qwen-VL. */
  pixels(): Tensor {
    const names = ['input.pixel_values', 'input.pixel_values_videos'];
    const name = names.find((name) => this.stored.has(name));
    if (!name) return this.patches();
    const { data, shape } = this.stored.floats(name);
    return tf.tensor(data, shape);
  }

  /** Normalised patches [patches, values] of Qwen-VL, made of the stored frames. */
  patches(): Tensor2D {
    const ids = this.values('input.input_ids');
    const [, length] = this.stored.get('input.input_ids').shape;
    const grids = this.grids();
    if (grids.length === 0) throw new Error('verify: the pixel values are missing');
    const inputs = grids.map((_, i): ClipInput => {
      const { data, shape } = this.stored.bytes(`input.frames.${i}`);
      const [frames, channels, height, width] = shape;
      const area = height * width;
      // [frames, channels, pixels] to [frames, pixels, channels].
      const pixels = new Uint8Array(data.length);
      data.forEach((value, at) => {
        const [plane, pixel] = [Math.floor(at / area), at % area];
        pixels[(Math.floor(plane / channels) * area + pixel) * channels + (plane % channels)] = value;
      });
      const inputIds = ids.subarray(i * length, (i + 1) * length);
      return { inputIds, pixels, shape: [frames, height, width] };
    });
    return normalisedPatches(this.model.processor.collate(inputs).pixelValues);
  }

  /** [B, N]: 1 for a token, 0 for padding. */
  mask(): Tensor2D {
    return tf.cast(this.rows('input.attention_mask'), 'float32');
  }

  /** Visual tokens [tokens, H], those of padding tiles included. */
  projected(): Tensor2D {
    return this.model.encodeVision(this.pixels(), this.grids());
  }

  /** L + 1 tensors [B, N, H], of visual tokens as `projected` gives them. */
  states(projected = this.projected()): Tensor3D[] {
    const ids = this.rows('input.input_ids');
    const positions = this.positions();
    return this.model.decode(ids, this.mask(), this.withoutPadding(projected), this.grids(), positions);
  }

  /** The stored batch, without padding tiles; the caller disposes it. */
  batch(): Batch {
    const [inputIds, attentionMask, pixelValues] = tf.tidy(() => {
      const pixels = this.pixels();
      const kept = this.keptTiles();
      const [tiles, ...shape] = pixels.shape;
      const rows = kept && gatherRows(tf.reshape(pixels, [tiles, -1]) as Tensor2D, kept);
      return [
        this.rows('input.input_ids'),
        this.mask(),
        rows ? tf.reshape(rows, [kept.length, ...shape]) : pixels,
      ];
    }) as [Tensor2D, Tensor2D, Tensor];
    return { inputIds, attentionMask, pixelValues, grids: this.grids(), positions: this.positions() };
  }

  /** [B], of hidden states as `states` gives them. */
  rewards(states = this.states()): Tensor1D {
    return this.model.reward(states, this.mask());
  }

  /** [1]: of the first row where no mask is given; undefined where the row has padding, which a mask has to hide. */
  rewardWithoutMask(projected = this.projected()): Tensor1D | undefined {
    const [, length] = this.stored.get('input.input_ids').shape;
    const mask = this.values('input.attention_mask').subarray(0, length);
    if (mask.includes(0)) return undefined;
    const ids = this.values('input.input_ids').subarray(0, length);
    const { tokens } = this.model.processor;
    const placeholders = [imageContext, videoPad].map((token) => tokens.find(token));
    const count = ids.filter((id) => placeholders.includes(id)).length;
    const grids = this.grids().slice(0, 1);
    const states = this.model.decode(
      tf.tensor2d(ids, [1, length], 'int32'),
      tf.ones([1, length]) as Tensor2D,
      tf.slice(this.withoutPadding(projected), 0, count),
      grids,
      this.model.backbone.positions({ ids, mask, length }, grids),
    );
    return this.model.head.reward(states, null);
  }

  /** Logits of the whole vocabulary at the last token of each row, [B, vocabulary]. */
  logits(states = this.states()): Tensor2D {
    const [batch, length] = this.stored.get('input.attention_mask').shape;
    const flags = this.stored.get('input.attention_mask').data;
    const last = Int32Array.from({ length: batch }, (_, row) => {
      const own = flags.subarray(row * length, (row + 1) * length);
      return row * length + own.lastIndexOf(1);
    });
    const rows = tf.reshape(states[states.length - 1], [batch * length, -1]) as Tensor2D;
    const { projection, decoder } = parameterNames(this.model.config);
    const table = parameter(this.model.weights, projection ?? `${decoder}.embed_tokens.weight`);
    return tf.matMul(gatherRows(rows, last), table as Tensor as Tensor2D, false, true);
  }

  /** Of the tokens, as the decoder of Qwen-VL takes them. */
  positions(): Tensor[] {
    const [, length] = this.stored.get('input.input_ids').shape;
    const tokens = { ids: this.values('input.input_ids'), mask: this.values('input.attention_mask'), length };
    return this.model.backbone.positions(tokens, this.grids());
  }

  /** int32 [B, N]. */
  private rows(name: string): Tensor2D {
    const [batch, length] = this.stored.get(name).shape;
    return tf.tensor2d(this.values(name), [batch, length], 'int32');
  }

  /** [B · N]. */
  private values(name: string): Int32Array {
    const { data, shape } = this.stored.get(name);
    const [batch, length] = shape;
    const flags = this.stored.get('input.attention_mask').data;
    const values = Int32Array.from(data);
    for (let row = 0; this.paddingFirst && row < batch; row++) {
      const [start, end] = [row * length, (row + 1) * length];
      const tokens = flags.subarray(start, end).lastIndexOf(1) + 1;
      values.set(data.subarray(start + tokens, end), start);
      values.set(data.subarray(start, start + tokens), end - tokens);
    }
    return values;
  }

  /** Visual tokens without those of padding tiles. */
  private withoutPadding(projected: Tensor2D): Tensor2D {
    const kept = this.keptTiles();
    if (!kept) return projected;
    const tiles = tf.reshape(projected, [this.stored.get('input.image_flags').data.length, -1]) as Tensor2D;
    return tf.reshape(gatherRows(tiles, kept), [-1, projected.shape[1]]) as Tensor2D;
  }

  /** Tiles of InternVL that are not padding; undefined where there are no others. */
  private keptTiles(): Int32Array | undefined {
    if (!this.stored.has('input.image_flags')) return undefined;
    const flags = this.stored.get('input.image_flags').data;
    return Int32Array.from(flags.keys()).filter((tile) => flags[tile] === 1);
  }

  /** Of the videos of Qwen-VL. */
  private grids(): VideoGrid[] {
    const name = 'input.video_grid_thw';
    if (!this.stored.has(name)) return [];
    const { data, shape } = this.stored.get(name);
    const seconds = 'input.second_per_grid_ts';
    const secondsPerGrid = this.stored.has(seconds) ? this.stored.floats(seconds).data : undefined;
    return Array.from({ length: shape[0] }, (_, i) => {
      const [t, h, w] = data.subarray(3 * i, 3 * i + 3);
      return { t, h, w, secondsPerGrid: secondsPerGrid?.[i] ?? 1 };
    });
  }
}
