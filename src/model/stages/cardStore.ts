import type { Clip } from '../../data/clip.js';
import { gpuRoom, gpuUsed } from '../../engine/gpuRoom.js';
import type { RewardModel } from '../rewardModel.js';
import { FeatureStore, nameOf } from './featureStore.js';
import { bytesOf, disposeStates, type HiddenFeatures, toCard } from './hiddenFeatures.js';

/**
 * Features that stay on the GPU while there is room: a step does not wait for them to be moved there. The others come from
 * `inner` each time.
 */
export class CardStore extends FeatureStore<HiddenFeatures> {
  private readonly onCard = new Map<string, HiddenFeatures>();
  private bytes = 0;
  private isOpen = true;

  /** @param fits whether there is room for more bytes besides those that are kept. */
  constructor(
    private readonly inner: FeatureStore<HiddenFeatures>,
    private readonly fits: (kept: number, more: number) => boolean,
  ) {
    super();
  }

  async find(clip: Clip): Promise<HiddenFeatures | undefined> {
    const name = nameOf(clip);
    const features = this.onCard.get(name) ?? (await this.inner.find(clip));
    // Another search may have put it there meanwhile.
    return this.onCard.get(name) ?? (features && this.take(name, features));
  }

  async has(clip: Clip): Promise<boolean> {
    return this.onCard.has(nameOf(clip)) || this.inner.has(clip);
  }

  keep(clip: Clip, features: HiddenFeatures): Promise<void> {
    return this.inner.keep(clip, features);
  }

  override once(clip: Clip, make: () => Promise<HiddenFeatures>): Promise<HiddenFeatures> {
    return this.inner.once(clip, make);
  }

  /** Frees the card; nothing is put there from now on. */
  dispose(): void {
    this.isOpen = false;
    for (const features of this.onCard.values()) disposeStates(features);
    this.onCard.clear();
  }

  private take(name: string, features: HiddenFeatures): HiddenFeatures {
    const more = bytesOf(features);
    if (!this.isOpen || !this.fits(this.bytes, more)) return features;
    const there = toCard(features);
    this.onCard.set(name, there);
    this.bytes += more;
    return there;
  }
}

/**
 * A store of features on the GPU in use, as far as they leave half of the memory besides the model's weights to all else.
 * @param inner where all features are. @returns undefined where there is no GPU, or one whose memory is not known.
 */
export function cardStore(model: RewardModel, inner: FeatureStore<HiddenFeatures>): CardStore | undefined {
  const room = gpuRoom();
  if (room === undefined) return undefined;
  const weights = [...model.weights.values()].reduce((sum, { size }) => sum + 4 * size, 0);
  const most = (room + weights) / 2;
  // Where features were made by an earlier process, the weights may come to the card later.
  return new CardStore(inner, (kept, more) => Math.max(weights + kept, gpuUsed() ?? 0) + more <= most);
}
