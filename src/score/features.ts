import type { Clip } from '../data/clip.js';
import { FrameCache } from '../data/video/frameCache.js';
import { OutOfMemoryError, outOfMemory } from '../engine/outOfMemory.js';
import type { RewardModel } from '../model/rewardModel.js';
import { Features } from '../model/stages/features.js';
import { type Stage, stageOf } from '../model/stages/stage.js';
import type { InOrderOptions } from './inOrder.js';
import type { Item } from './items.js';
import { requestOf } from './requests.js';

/** What became of an item: its features are in the folder, or why not. */
export type KeptOutcome = { features: true } | { error: string };

/** Which features are kept, and where. */
export interface KeepOptions extends Omit<InOrderOptions, 'prompts'> {
  trainable: Features['trainable'];
  /** The folder of a `FrameCache`. */
  cache: string;
}

/**
 * Keeps on disk what the frozen part of a model makes of items' clips, where it is not kept yet: a training or scoring
 * with `new sr.model.Features(trainable, { cache })` on this folder finds it. Items come out in their order, each once.
 */
export async function* keepFeatures(
  model: RewardModel,
  items: AsyncIterable<Item>,
  { trainable, cache, batchSize, meter }: KeepOptions,
): AsyncGenerator<[Item, KeptOutcome][]> {
  const stage = stageOf(model, trainable, new Features(trainable, { cache: new FrameCache(cache) }));
  let now: Item[] | undefined;
  for await (const next of groupsOf(items, batchSize)) {
    stage.prepare(clipsOf(next));
    if (now) yield await keep(stage, now, meter);
    now = next;
  }
  if (now) yield await keep(stage, now, meter);
}

async function keep(
  stage: Stage,
  items: readonly Item[],
  meter: InOrderOptions['meter'],
): Promise<[Item, KeptOutcome][]> {
  const before = stage.waited;
  const clips = clipsOf(items);
  const errors = new Map<string, string>();
  for (const clip of clips) {
    // One by one: each is computed by itself, and fails by itself.
    await stage.load([clip]).catch((error) => {
      const known = outOfMemory(error);
      if (!(known instanceof OutOfMemoryError)) throw error;
      errors.set(clip.id, known.message);
    });
    const failure = stage.failures.get(clip.id);
    if (failure) errors.set(clip.id, failure.reason);
    stage.failures.delete(clip.id);
  }
  meter.add(clips.length, stage.waited - before);
  return items.map((item) => {
    const error = item.fault ?? errors.get(requestOf(item));
    return [item, error === undefined ? { features: true } : { error }];
  });
}

const clipsOf = (items: readonly Item[]): Clip[] =>
  items.flatMap((item) =>
    item.path === undefined ? [] : [{ id: requestOf(item), path: item.path, prompt: item.prompt }],
  );

async function* groupsOf(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let group: Item[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
