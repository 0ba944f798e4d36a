import { deserialize, serialize } from 'node:v8';
import type { Clip } from '../../data/clip.js';
import type { FrameCache } from '../../data/video/frameCache.js';

/** Where what a frozen part makes of clips is kept, for one such part and one question. */
export abstract class FeatureStore<Feature> {
  private readonly making = new Map<string, Promise<Feature>>();

  abstract find(clip: Clip): Promise<Feature | undefined>;
  /** Whether they are there, without reading them. */
  abstract has(clip: Clip): Promise<boolean>;
  abstract keep(clip: Clip, feature: Feature): Promise<void>;

  /** What is kept of a clip, or is just being made of it for another; else it is made, and kept. */
  once(clip: Clip, make: () => Promise<Feature>): Promise<Feature> {
    const name = nameOf(clip);
    const underWay = this.making.get(name);
    if (underWay) return underWay;
    const made = this.made(clip, make).finally(() => this.making.delete(name));
    this.making.set(name, made);
    return made;
  }

  private async made(clip: Clip, make: () => Promise<Feature>): Promise<Feature> {
    const kept = await this.find(clip);
    if (kept !== undefined) return kept;
    const feature = await make();
    await this.keep(clip, feature);
    return feature;
  }
}

/** In memory; a file that is rewritten in place is not noticed. */
export class MemoryStore<Feature> extends FeatureStore<Feature> {
  private readonly kept = new Map<string, Feature>();

  async find(clip: Clip): Promise<Feature | undefined> {
    return this.kept.get(nameOf(clip));
  }

  async has(clip: Clip): Promise<boolean> {
    return this.kept.has(nameOf(clip));
  }

  async keep(clip: Clip, feature: Feature): Promise<void> {
    this.kept.set(nameOf(clip), feature);
  }
}

/** Grows when the same model begins to make other features of the same clip, so that no folder mixes the two. */
const version = 1;

/** The same for the same clip, as far as features go. */
export const nameOf = ({ path, prompt }: Clip) => `${path}\n${prompt ?? ''}`;

/** On disk, by the content of the clip's file: features outlive the process, and need no memory. */
export class DiskStore<Feature> extends FeatureStore<Feature> {
  /** @param frozen tells the frozen part and the question from others. */
  constructor(
    private readonly cache: FrameCache,
    private readonly frozen: string,
  ) {
    super();
  }

  async find(clip: Clip): Promise<Feature | undefined> {
    // A file that cannot be read has no features; its reader reports the reason.
    const key = await this.keyOf(clip).catch(() => undefined);
    const bytes = key && (await this.cache.find(key));
    return bytes && deserialize(bytes);
  }

  async has(clip: Clip): Promise<boolean> {
    const key = await this.keyOf(clip).catch(() => undefined);
    return key !== undefined && (await this.cache.has(key));
  }

  async keep(clip: Clip, feature: Feature): Promise<void> {
    await this.cache.keep(await this.keyOf(clip), serialize(feature));
  }

  private async keyOf({ path, prompt = '' }: Clip): Promise<object> {
    return { version, frozen: this.frozen, content: await this.cache.contentHash(path), prompt };
  }
}
