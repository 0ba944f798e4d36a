import { isDeepStrictEqual } from 'node:util';
import type { Clip } from '../../data/clip.js';
import type { ReadFailure } from '../../data/video/readClips.js';
import { type CallOptions, Compiled } from '../../engine/compile.js';
import {
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tf,
  type Variable,
} from '../../engine/tf.js';
import type { VideoGrid } from '../family/videoGrid.js';
import {
  type Batch,
  batchOf,
  type ClipInput,
  disposeBatch,
  padded,
  paddedLength,
  padIds,
  tensorsOf,
} from '../input/batch.js';
import { Fill } from '../input/fill.js';
import type { RewardModel, Trainable } from '../rewardModel.js';
import { type CardStore, cardStore } from './cardStore.js';
import { type FeatureStore, MemoryStore } from './featureStore.js';
import type { Features } from './features.js';
import { type HiddenFeatures, statesOf } from './hiddenFeatures.js';

/** What was read of clips, by id: the model's input, or why there is none. */
type Reading = Map<string, ClipInput | ReadFailure>;

/** Some clips as tensors at the depth where training begins. */
export interface StageBatch {
  /** What `Stage.rewards` takes; the caller disposes them. */
  inputs: Tensor[];
  /** The grids of the clips' videos, for Qwen-VL. */
  grids?: readonly VideoGrid[];
}

/**
 * Where the trained part of a model begins: what comes before it is frozen, so its output is computed once a clip and
 * kept. A clip is computed by itself, so that its output has the same bits whatever was computed with it.
 */
export abstract class Stage<Feature = unknown> {
  /** The clips that could not be read, by id; they are not tried again. */
  readonly failures = new Map<string, ReadFailure>();
  private kept?: Promise<FeatureStore<Feature>>;
  private readonly fill = new Fill();
  private readonly scoring = new Compiled(
    (inputs, options) => [this.rewards(inputs, options)],
    () => this.variables(),
  );

  constructor(
    protected readonly model: RewardModel,
    private readonly shared?: Features,
  ) {}

  /** Seconds that `load` has waited for clips to be read. */
  waited = 0;
  /** Seconds in which `load` has computed features. */
  computed = 0;
  /** Clips that are read ahead. */
  private readonly coming = new Map<string, Promise<Reading>>();

  /** The features of the clips that can be read, by id and in their order. @throws with the signal's reason. */
  async load(clips: readonly Clip[], signal?: AbortSignal): Promise<Map<string, Feature>> {
    const kept = await this.store();
    const distinct = [...new Map(clips.map((clip) => [clip.id, clip])).values()];
    const features = await Promise.all(distinct.map((clip) => kept.find(clip)));
    const missing = distinct.filter(({ id }, i) => features[i] === undefined && !this.failures.has(id));
    const now = missing.filter(({ id }) => !this.coming.has(id));
    const reading = now.length > 0 ? this.read(now, signal) : undefined;
    const readings = [reading, ...missing.map(({ id }) => this.coming.get(id))];
    for (const { id } of distinct) this.coming.delete(id);
    const asked = performance.now();
    const read = new Map((await Promise.all(readings)).flatMap((each) => [...(each ?? [])]));
    this.waited += (performance.now() - asked) / 1000;

    for (const [i, clip] of distinct.entries()) {
      const found = read.get(clip.id);
      if (features[i] !== undefined || !found) continue;
      if ('reason' in found) {
        this.failures.set(clip.id, found);
        continue;
      }
      const start = performance.now();
      const make = () => this.features(found);
      features[i] = await (this.frozen ? kept.once(clip, make) : make());
      this.computed += (performance.now() - start) / 1000;
    }
    return new Map(
      distinct.flatMap(({ id }, i) => (features[i] === undefined ? [] : [[id, features[i]] as const])),
    );
  }

  /** Begins to read clips that `load` will be asked for soon, where their features are not kept. */
  prepare(clips: readonly Clip[], signal?: AbortSignal): void {
    const distinct = [...new Map(clips.map((clip) => [clip.id, clip])).values()];
    const wanted = distinct.filter(({ id }) => !this.failures.has(id) && !this.coming.has(id));
    if (wanted.length === 0 || signal?.aborted) return;
    const reading = this.readUnknown(wanted, signal);
    const forget = () => {
      for (const { id } of wanted) if (this.coming.get(id) === reading) this.coming.delete(id);
    };
    for (const { id } of wanted) this.coming.set(id, reading);
    signal?.addEventListener('abort', forget, { once: true });
    reading.catch(forget).finally(() => signal?.removeEventListener('abort', forget));
  }

  private async readUnknown(clips: readonly Clip[], signal?: AbortSignal): Promise<Reading> {
    const kept = await this.store();
    const known = await Promise.all(clips.map((clip) => kept.has(clip)));
    return this.read(
      clips.filter((_, i) => !known[i]),
      signal,
    );
  }

  private async read(clips: readonly Clip[], signal?: AbortSignal): Promise<Reading> {
    const { processor, prompts } = this.model;
    const { inputs, failures } = await processor.processMany(clips, prompts, { signal });
    const read: Reading = new Map(failures.map((failure) => [failure.clip.id, failure]));
    for (const [i, input] of inputs.entries()) if (input) read.set(clips[i].id, input);
    return read;
  }

  /** Where features are kept: with those of other stages, or by this stage alone. */
  private store(): Promise<FeatureStore<Feature>> {
    this.kept ??= this.open();
    return this.kept;
  }

  protected async open(): Promise<FeatureStore<Feature>> {
    const shared = await this.shared?.of(this.model);
    return (shared as FeatureStore<Feature> | undefined) ?? new MemoryStore();
  }

  /** Features that a head reads stay on the GPU while there is room, until `dispose`. To be called before `load`. */
  keepOnCard(): void {}

  /** Frees what was kept on the GPU. */
  dispose(): void {}

  /** Scores of the clips that can be read, by id, with the weights as they are. @throws with the signal's reason. */
  async score(clips: readonly Clip[], signal?: AbortSignal): Promise<Map<string, number>> {
    const loaded = [...(await this.load(clips, signal))];
    if (loaded.length === 0) return new Map();
    const { inputs, grids } = this.collate(this.fill.up(loaded.map(([, feature]) => feature)));
    const [rewards] = await this.scoring.call(inputs, { given: grids });
    const values = await rewards.data();
    tf.dispose([rewards, ...inputs]);
    return new Map(loaded.map(([id], i) => [id, values[i]]));
  }

  /** Whether there is anything to keep. */
  protected abstract readonly frozen: boolean;
  protected abstract features(input: ClipInput): Promise<Feature>;
  /** Clips as tensors. */
  abstract collate(features: readonly Feature[]): StageBatch;
  /**
   * Rewards [B] of the clips of a batch, differentiable in the trained parameters.
   * @param options `given`: the grids; `random` of dropout, and of drop path where all is trained; none in evaluation.
   */
  abstract rewards(inputs: readonly Tensor[], options?: CallOptions): Tensor1D;

  /** All that `rewards` may use. */
  variables(): Iterable<Variable> {
    return this.model.weights.values();
  }
}

/** What `rewards` is given besides the inputs. */
const gridsOf = ({ given }: CallOptions): readonly VideoGrid[] | undefined => given as Batch['grids'];

/** The stage at which a part of a model begins. @param shared features that outlive the stage. */
export function stageOf(model: RewardModel, trainable: Trainable, shared?: Features): Stage {
  switch (trainable) {
    case 'all':
      return new PixelStage(model);
    case 'decoder+head':
      return new VisualStage(model, shared);
    case 'head':
      return new HiddenStage(model, shared);
    default:
      throw new RangeError(`fit: unknown part "${trainable}" to train, expected head, decoder+head or all`);
  }
}

/**
 * The stages of heads over one backbone, which is recorded once for those that read the same layers.
 * @param shared features, which each of them takes from and adds to
 */
export function stagesOfHeads(models: readonly RewardModel[], shared: Features): Stage[] {
  const stages: HiddenStage[] = [];
  for (const model of models) {
    const same = models.findIndex(({ config }) => isDeepStrictEqual(config.layers, model.config.layers));
    stages.push(new HiddenStage(model, shared, stages[same]));
  }
  return stages;
}

/** All is trained: clips are decoded again each time, or come from the model's frame cache. */
class PixelStage extends Stage<ClipInput> {
  protected readonly frozen = false;

  protected async features(input: ClipInput): Promise<ClipInput> {
    return input;
  }

  collate(inputs: readonly ClipInput[]): StageBatch {
    const batch = this.model.collate(inputs);
    return { inputs: tensorsOf(batch), grids: batch.grids };
  }

  rewards(inputs: readonly Tensor[], options: CallOptions = {}): Tensor1D {
    return this.model.forward(batchOf(inputs, gridsOf(options)), options.random);
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
  private readonly vision = new Compiled(
    ([pixels], options) => [this.model.encodeVision(pixels, gridsOf(options))],
    () => this.variables(),
  );

  protected async features(input: ClipInput): Promise<VisualFeatures> {
    const batch = this.model.processor.collate([input]);
    const [visual] = await this.vision.call([batch.pixelValues], { given: batch.grids });
    const values = (await visual.data()) as Float32Array;
    disposeBatch(batch);
    visual.dispose();
    return { inputIds: input.inputIds, visual: values, grids: batch.grids ?? [] };
  }

  collate(features: readonly VisualFeatures[]): StageBatch {
    const { processor, config, backbone } = this.model;
    const ids = features.map(({ inputIds }) => inputIds);
    const { inputIds, attentionMask } = padIds(ids, processor.tokens.padId);
    const tokens = join(features.map(({ visual }) => visual));
    const width = config.llm.hiddenSize;
    const visual = tf.tensor2d(tokens, [tokens.length / width, width]);
    const grids = features.flatMap((clip) => clip.grids);
    const positions = backbone.positions(padded(ids, processor.tokens.padId), grids);
    return { inputs: [inputIds, attentionMask, visual, ...positions], grids };
  }

  rewards(inputs: readonly Tensor[], options: CallOptions = {}): Tensor1D {
    return tf.tidy(() => {
      const {
        inputIds,
        attentionMask,
        pixelValues: visual,
        grids,
        positions,
      } = batchOf(inputs, gridsOf(options));
      const states = this.model.decode(inputIds, attentionMask, visual as Tensor2D, grids, positions);
      return this.model.reward(states, attentionMask, options.random);
    });
  }
}

/** All but the head is frozen: kept are the hidden states that it reads. */
class HiddenStage extends Stage<HiddenFeatures> {
  protected readonly frozen = true;
  /** Indices of the hidden states that the head reads. */
  private readonly layers: number[];
  private readonly count: number;

  private readonly reading: Compiled;
  private card?: CardStore;
  private staysOnCard = false;

  /** @param same the stage of another head, which reads the same layers of the same backbone */
  constructor(
    model: RewardModel,
    shared?: Features,
    private readonly same?: HiddenStage,
  ) {
    super(model, shared);
    const { llm, layers } = model.config;
    this.count = llm.layers + 1;
    const read = layers.map((layer) => (layer < 0 ? layer + this.count : layer));
    this.layers = [...new Set([...read, llm.layers])];
    this.reading =
      same?.reading ??
      new Compiled(
        (tensors, options) => {
          const { inputIds, attentionMask, pixelValues, grids, positions } = batchOf(
            tensors,
            gridsOf(options),
          );
          const visual = this.model.encodeVision(pixelValues, grids);
          const all = this.model.decode(inputIds, attentionMask, visual, grids, positions);
          return this.layers.map((layer) => all[layer]);
        },
        () => this.variables(),
      );
  }

  protected async features(input: ClipInput): Promise<HiddenFeatures> {
    const batch = this.model.collate([input]);
    const states = await this.reading.call(tensorsOf(batch), { given: batch.grids });
    const values: Float32Array[] = [];
    const size = input.inputIds.length * this.model.config.llm.hiddenSize;
    for (const state of states) values.push(((await state.data()) as Float32Array).subarray(0, size));
    disposeBatch(batch);
    tf.dispose(states);
    return { length: input.inputIds.length, states: values };
  }

  override keepOnCard(): void {
    this.staysOnCard = true;
  }

  override dispose(): void {
    this.card?.dispose();
  }

  protected override async open(): Promise<FeatureStore<HiddenFeatures>> {
    const store = await super.open();
    if (this.staysOnCard) this.card = this.same?.card ?? cardStore(this.model, store);
    return this.card ?? store;
  }

  collate(features: readonly HiddenFeatures[]): StageBatch {
    const mask = maskOf(features.map(({ length }) => length));
    return { inputs: [mask, ...this.layers.map((_, index) => statesOf(features, index))] };
  }

  rewards([mask, ...read]: readonly Tensor[], { random }: CallOptions = {}): Tensor1D {
    // The head takes all hidden states; those that it does not read are left empty.
    const states = new Array<Tensor3D>(this.count);
    this.layers.forEach((layer, index) => {
      states[layer] = read[index] as Tensor3D;
    });
    return this.model.reward(states, mask as Tensor2D, random);
  }
}

/** Mask [B, N] of sequences padded on the right: 1 for a token. */
function maskOf(lengths: readonly number[]): Tensor2D {
  const longest = paddedLength(lengths);
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
