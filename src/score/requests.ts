import type { PaceMeter } from '../base/pace.js';
import type { Clip } from '../data/clip.js';
import { ahead } from '../model/input/ahead.js';
import type { Prompts } from '../model/input/prompt.js';
import type { RewardModel } from '../model/rewardModel.js';
import { faultOf, rewardsOf } from '../model/rewards.js';
import { batchesOf } from '../model/scoreBatches.js';
import type { Item } from './items.js';
import type { Outcome } from './outcomes.js';

/** Most items, and bytes of them, among which those of one clip are brought together. */
const span = { items: 10_000, bytes: 64 * 2 ** 20 };

/** Most prompts of one clip that are tokens at once; with more of them it is decoded again. */
const mostPrompts = 256;

/** Items in a row whose requests are brought together, and what became of those. */
export interface Span {
  items: Item[];
  found: Map<string, Outcome>;
}

/** Items that ask the same about the same clip share one score. */
export function requestOf({ path, prompt }: Pick<Item, 'path' | 'prompt'>): string {
  return JSON.stringify([path, prompt]);
}

/** Items in spans of some thousands, the bytes of each of which are limited, too. */
export async function* spansOf(items: AsyncIterable<Item>): AsyncGenerator<Span> {
  let open: Item[] = [];
  let bytes = 0;
  for await (const item of items) {
    open.push(item);
    bytes += item.size;
    if (open.length < span.items && bytes < span.bytes) continue;
    yield { items: open, found: new Map() };
    open = [];
    bytes = 0;
  }
  if (open.length > 0) yield { items: open, found: new Map() };
}

/**
 * Outcomes of the requests of spans, which are put into them; yields after each batch. The next units are read while the
 * model computes this one.
 */
export async function* scoreRequests(
  model: RewardModel,
  prompts: Prompts,
  spans: AsyncIterable<Span>,
  batchSize: number,
  meter: PaceMeter,
): AsyncGenerator<void> {
  for await (const { group, inputs, failures, waited } of ahead(
    model.processor,
    unitsOf(spans, batchSize),
    prompts,
  )) {
    const { clips, found } = group;
    meter.add(clips.length, waited);
    for (const { clip, reason } of failures) found.set(clip.id, { error: reason });
    yield;
    const readable = clips.flatMap(({ id }, i) => {
      const input = inputs[i];
      return input ? [{ id, input }] : [];
    });
    for (const batch of batchesOf(readable, batchSize)) {
      const rewards = await rewardsOf(
        model,
        batch.map(({ input }) => input),
      );
      for (const [i, { id }] of batch.entries()) found.set(id, outcomeOf(rewards[i]));
      yield;
    }
  }
}

/** Clips that are read together, and where their outcomes go. The id of a clip is its request. */
interface Unit extends Pick<Span, 'found'> {
  clips: Clip[];
}

/**
 * What is to be scored of each span, in units of at least `batchSize` clips of the model (but the last): the requests about
 * one file are in one unit, where it is decoded once. Of a span that asks nothing there is one without clips.
 */
async function* unitsOf(spans: AsyncIterable<Span>, batchSize: number): AsyncGenerator<Unit> {
  for await (const { items, found } of spans) {
    let clips: Clip[] = [];
    let isEmpty = true;
    const take = (): Unit => {
      const unit = { clips, found };
      clips = [];
      isEmpty = false;
      return unit;
    };
    for (const requests of byClip(items)) {
      for (const clip of requests) {
        clips.push(clip);
        if (clips.length >= Math.max(batchSize, mostPrompts)) yield take();
      }
      if (clips.length >= batchSize) yield take();
    }
    if (clips.length > 0 || isEmpty) yield take();
  }
}

/** The requests about each clip. */
function byClip(items: readonly Item[]): Clip[][] {
  const byPath = new Map<string, Map<string, Clip>>();
  for (const item of items) {
    const { path, prompt } = item;
    if (path === undefined) continue;
    const clips = byPath.get(path) ?? new Map<string, Clip>();
    const id = requestOf(item);
    clips.set(id, { id, path, prompt });
    byPath.set(path, clips);
  }
  return [...byPath.values()].map((clips) => [...clips.values()]);
}

/** JSON has no number for what is not finite. */
function outcomeOf(reward: number | Error): Outcome {
  const error = faultOf(reward);
  return error === undefined ? { score: reward as number } : { error };
}
