import { afterEach, describe, expect, it, vi } from 'vitest';
import * as gpu from '../../../src/engine/gpuRoom.js';
import { type Tensor, tf } from '../../../src/engine/tf.js';
import type { RewardModel } from '../../../src/model/rewardModel.js';
import { CardStore, cardStore } from '../../../src/model/stages/cardStore.js';
import { MemoryStore } from '../../../src/model/stages/featureStore.js';
import type { HiddenFeatures } from '../../../src/model/stages/hiddenFeatures.js';

afterEach(() => vi.restoreAllMocks());

const clip = (id: string) => ({ id, path: `${id}.mp4` });
/** Two states of two tokens of width 2: 32 bytes. */
const features = (first: number): HiddenFeatures => ({
  length: 2,
  states: [Float32Array.of(first, 1, 2, 3), Float32Array.of(4, 5, 6, 7)],
});
const isOnCard = (found: HiddenFeatures | undefined) =>
  found?.states.every((state) => !(state instanceof Float32Array));

async function storeOf(...ids: string[]) {
  const inner = new MemoryStore<HiddenFeatures>();
  for (const [i, id] of ids.entries()) await inner.keep(clip(id), features(i));
  return inner;
}

describe('CardStore', () => {
  it('keeps on the card what fits, in the order in which it is asked for, until it is disposed', async () => {
    const inner = await storeOf('a', 'b', 'c');
    const before = tf.memory().numTensors;
    const store = new CardStore(inner, (kept, more) => kept + more <= 64);
    const found = [];
    for (const id of ['c', 'a', 'b', 'c', 'b']) found.push(await store.find(clip(id)));
    expect(found.map(isOnCard)).toEqual([true, true, false, true, false]);
    expect(await (found[1]!.states[0] as Tensor).data()).toBeAllclose([0, 1, 2, 3]);
    expect(found[3]).toBe(found[0]);
    store.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(isOnCard(await store.find(clip('a')))).toBe(false);
  });

  it('puts what is asked for twice at once there once', async () => {
    const inner = await storeOf('a');
    const before = tf.memory().numTensors;
    const store = new CardStore(inner, () => true);
    const [first, second] = await Promise.all([store.find(clip('a')), store.find(clip('a'))]);
    expect(second).toBe(first);
    expect(tf.memory().numTensors).toBe(before + 2);
    store.dispose();
  });

  it('makes features in the store below, for others that use it', async () => {
    const inner = await storeOf();
    const store = new CardStore(inner, () => true);
    expect(await store.has(clip('a'))).toBe(false);
    expect(await store.find(clip('a'))).toBeUndefined();
    const made = await store.once(clip('a'), async () => features(1));
    expect(await inner.find(clip('a'))).toBe(made);
    await store.keep(clip('b'), features(2));
    expect([await store.has(clip('a')), await store.has(clip('b'))]).toEqual([true, true]);
    expect(isOnCard(await store.find(clip('b')))).toBe(true);
    store.dispose();
  });
});

describe('cardStore', () => {
  const model = { weights: new Map([['a', { size: 25 }]]) } as unknown as RewardModel; // 100 bytes

  it('leaves half of what the weights do not take, whether they are on the card or not', async () => {
    vi.spyOn(gpu, 'gpuRoom').mockReturnValue(228); // 64 bytes for features: two clips
    const used = vi.spyOn(gpu, 'gpuUsed');
    const inner = await storeOf('a', 'b', 'c');
    for (const [bytes, expected] of [
      [0, [true, true, false]],
      [100, [true, true, false]],
      [140, [false, false, false]], // others take what is left
    ] as const) {
      used.mockReturnValue(bytes);
      const store = cardStore(model, inner)!;
      const found = [];
      for (const id of ['a', 'b', 'c']) found.push(isOnCard(await store.find(clip(id))));
      expect(found).toEqual(expected);
      store.dispose();
    }
  });

  it('is none where there is no GPU', async () => {
    vi.spyOn(gpu, 'gpuRoom').mockReturnValue(undefined);
    expect(cardStore(model, await storeOf())).toBeUndefined();
  });
});
