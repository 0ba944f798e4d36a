import { createHash } from 'node:crypto';
import type { FrameCache } from '../../data/video/frameCache.js';
import type { Tensor } from '../../engine/tf.js';
import { parameterNames } from '../parameterNames.js';
import type { RewardModel, Trainable } from '../rewardModel.js';
import { DiskStore, type FeatureStore, MemoryStore } from './featureStore.js';

/**
 * What the frozen part of a model makes of clips, kept for all runs and scorings that are given it: heads and losses
 * are compared at the cost of one look at each clip. Models whose frozen parts differ have features of their own.
 */
export class Features {
  private readonly cache?: FrameCache;
  private readonly stores = new Map<string, FeatureStore<unknown>>();

  /**
   * Begins to keep features; what is kept of a clip is made when it is asked for.
   * @param trainable what is trained on them: `head` keeps the hidden states that a head reads, `decoder+head` the
   *   visual tokens.
   * @param options `cache`: keeps them in its folder, for this process and later ones, and not in memory.
   * @throws RangeError for anything else: `all` has no frozen part.
   */
  constructor(
    /** What is trained on the features. */
    readonly trainable: Exclude<Trainable, 'all'>,
    { cache }: { cache?: FrameCache } = {},
  ) {
    if (trainable !== 'head' && trainable !== 'decoder+head') {
      throw new RangeError(
        `Features: expected head or decoder+head, received "${trainable}"; only a frozen part has features to keep`,
      );
    }
    this.cache = cache;
  }

  /** Where the features of a model's clips are kept. */
  async of(model: RewardModel): Promise<FeatureStore<unknown>> {
    const frozen = await this.fingerprint(model);
    const store =
      this.stores.get(frozen) ?? (this.cache ? new DiskStore(this.cache, frozen) : new MemoryStore());
    this.stores.set(frozen, store);
    return store;
  }

  /** Tells frozen parts apart: by their weights, and by all that is done to a clip before them. */
  private async fingerprint(model: RewardModel): Promise<string> {
    const { reduceSequence: _, rewardDropout: __, layers, ...config } = model.config;
    const hash = createHash('sha256');
    hash.update(
      JSON.stringify([this.trainable, config, model.prompts, this.trainable === 'head' ? layers : []]),
    );
    const trained = new Set(model.parameters(this.trainable));
    // The vocabulary projection makes no feature, and only one kind of head trains it.
    const { projection } = parameterNames(model.config);
    for (const [name, variable] of model.weights) {
      if (trained.has(name) || name === projection) continue;
      const values = await (variable as Tensor).data();
      hash
        .update(`${name} ${variable.shape} `)
        .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    }
    return hash.digest('hex');
  }
}
