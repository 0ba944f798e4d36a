import type { Random } from '../base/random.js';
import type { Clip } from '../data/clip.js';
import type { ReadFailure } from '../data/video/readClips.js';
import { type Tensor1D, type Tensor2D, type Tensor3D, tf } from '../engine/tf.js';
import { type ClipInput, disposeBatch, padIds } from '../model/input/batch.js';
import type { RewardModel, Trainable } from '../model/rewardModel.js';
import type { VideoGrid } from '../model/videoGrid.js';

/** Some clips as tensors at the depth where training begins. */
export interface StageBatch {
  /**
   * Rewards [B] of the clips, differentiable in the trained parameters; may be called more than once.
   * @param random of dropout, and of drop path where all is trained; none in evaluation.
   */
  rewards(random?: Random): Tensor1D;
  dispose(): void;
}

/**
 * Where the trained part of a model begins: what comes before it is frozen, so its output is computed once a clip and
 * kept. A clip is computed by itself, so that its output has the same bits whatever was computed with it.
 */
export abstract class Stage<Features = unknown> {
  /** The clips that could not be read, by id; they are not tried again. */
  readonly failures = new Map<string, ReadFailure>();
  private readonly kept = new Map<string, Features>();

  constructor(protected readonly model: RewardModel) {}

  /** The features of the clips that can be read, by id. @throws with the signal's reason. */
  async load(clips: readonly Clip[], signal?: AbortSignal): Promise<Map<string, Features>> {
    const distinct = new Map(clips.map((clip) => [clip.id, clip]));
    const missing = [...distinct.values()].filter(({ id }) => !this.kept.has(id) && !this.failures.has(id));
    const { processor, prompts } = this.model;
    const { inputs, failures } = await processor.processMany(missing, prompts, { signal });
    for (const failure of failures) this.failures.set(failure.clip.id, failure);

    const found = new Map<string, Features>();
    for (const [i, input] of inputs.entries()) {
      if (input) found.set(missing[i].id, await this.features(input));
    }
    if (this.frozen) for (const [id, features] of found) this.kept.set(id, features);
    for (const id of distinct.keys()) {
      const features = this.kept.get(id);
      if (features !== undefined) found.set(id, features);
    }
    return found;
  }

  /** Whether there is anything to keep. */
  protected abstract readonly frozen: boolean;
  protected abstract features(input: ClipInput): Promise<Features>;
  /** Clips as tensors. */
  abstract collate(features: readonly Features[]): StageBatch;
}

/** The stage at which a part of a model begins. */
export function stageOf(model: RewardModel, trainable: Trainable): Stage {
  switch (trainable) {
    case 'all':
      return new PixelStage(model);
    case 'decoder+head':
      return new VisualStage(model);
    case 'head':
      return new HiddenStage(model);
    default:
      throw new RangeError(`fit: unknown part "${trainable}" to train, expected head, decoder+head or all`);
  }
}

/** All is trained: clips are decoded again each time, or come from the model's frame cache. */
class PixelStage extends Stage<ClipInput> {
  protected readonly frozen = false;

  protected async features(input: ClipInput): Promise<ClipInput> {
    return input;
  }

  collate(inputs: readonly ClipInput[]): StageBatch {
    const batch = this.model.processor.collate(inputs);
    return {
      rewards: (random) => this.model.forward(batch, random),
      dispose: () => disposeBatch(batch),
    };
  }
}

interface VisualFeatures {
  inputIds: Int32Array;
  /** [visual tokens, H]. */
  visual: Float32Array;
  /** Of the clip's video, for Qwen-VL. */
  grids: readonly VideoGrid[];
}

/** The vision part is frozen: kept are the visual tokens. */
class VisualStage extends Stage<VisualFeatures> {
  protected readonly frozen = true;

  protected async features(input: ClipInput): Promise<VisualFeatures> {
    const batch = this.model.processor.collate([input]);
    const visual = this.model.encodeVision(batch.pixelValues, batch.grids);
    const values = (await visual.data()) as Float32Array;
    disposeBatch(batch);
    visual.dispose();
    return { inputIds: input.inputIds, visual: values, grids: batch.grids ?? [] };
  }

  collate(features: readonly VisualFeatures[]): StageBatch {
    const { processor, config } = this.model;
    const ids = features.map(({ inputIds }) => inputIds);
    const { inputIds, attentionMask } = padIds(ids, processor.tokens.padId);
    const tokens = join(features.map(({ visual }) => visual));
    const width = config.llm.hiddenSize;
    const visual = tf.tensor2d(tokens, [tokens.length / width, width]);
    const grids = features.flatMap((clip) => clip.grids);
    return {
      rewards: (random) =>
        tf.tidy(() => {
          const states = this.model.decode(inputIds, attentionMask, visual, grids);
          return this.model.reward(states, attentionMask, random);
        }),
      dispose: () => tf.dispose([inputIds, attentionMask, visual]),
    };
  }
}

interface HiddenFeatures {
  /** Tokens, N. */
  length: number;
  /** The hidden states that the head reads, [N, H] each. */
  states: Float32Array[];
}

/** All but the head is frozen: kept are the hidden states that it reads. */
class HiddenStage extends Stage<HiddenFeatures> {
  protected readonly frozen = true;
  /** Indices of the hidden states that the head reads. */
  private readonly layers: number[];
  private readonly count: number;

  constructor(model: RewardModel) {
    super(model);
    const { llm, layers } = model.config;
    this.count = llm.layers + 1;
    const read = layers.map((layer) => (layer < 0 ? layer + this.count : layer));
    this.layers = [...new Set([...read, llm.layers])];
  }

  protected async features(input: ClipInput): Promise<HiddenFeatures> {
    const batch = this.model.processor.collate([input]);
    const states = tf.tidy(() => {
      const visual = this.model.encodeVision(batch.pixelValues, batch.grids);
      const all = this.model.decode(batch.inputIds, batch.attentionMask, visual, batch.grids);
      return this.layers.map((layer) => all[layer]);
    });
    const values: Float32Array[] = [];
    for (const state of states) values.push((await state.data()) as Float32Array);
    disposeBatch(batch);
    tf.dispose(states);
    return { length: input.inputIds.length, states: values };
  }

  collate(features: readonly HiddenFeatures[]): StageBatch {
    const width = this.model.config.llm.hiddenSize;
    const longest = Math.max(...features.map(({ length }) => length));
    const mask = maskOf(features.map(({ length }) => length));
    const read = this.layers.map((_, index) => {
      const values = new Float32Array(features.length * longest * width);
      features.forEach(({ states }, row) => {
        values.set(states[index], row * longest * width);
      });
      return tf.tensor3d(values, [features.length, longest, width]);
    });
    // The head takes all hidden states; those that it does not read are left empty.
    const states = new Array<Tensor3D>(this.count);
    this.layers.forEach((layer, index) => {
      states[layer] = read[index];
    });
    return {
      rewards: (random) => this.model.reward(states, mask, random),
      dispose: () => tf.dispose([mask, ...read]),
    };
  }
}

/** Mask [B, N] of sequences padded on the right: 1 for a token. */
function maskOf(lengths: readonly number[]): Tensor2D {
  const longest = Math.max(...lengths);
  const mask = new Float32Array(lengths.length * longest);
  lengths.forEach((length, row) => {
    mask.fill(1, row * longest, row * longest + length);
  });
  return tf.tensor2d(mask, [lengths.length, longest]);
}

function join(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
