import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FrameCache } from '../../../src/data/video/frameCache.js';
import { DiskStore, type FeatureStore, MemoryStore } from '../../../src/model/stages/featureStore.js';

const folder = mkdtempSync(join(tmpdir(), 'feature-store-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'a.mp4');
writeFileSync(path, 'a video');
const clip = { id: 'a', path };
const cache = () => new FrameCache(join(folder, 'cache'));
const feature = {
  inputIds: Int32Array.of(3, -1),
  states: [Float32Array.of(0.1, Number.NaN, -0), new Float32Array()],
  grids: [{ frames: 2, rows: 4, columns: 4 }],
};
type Feature = typeof feature;

describe.each<[string, () => FeatureStore<Feature>]>([
  ['MemoryStore', () => new MemoryStore()],
  ['DiskStore', () => new DiskStore(cache(), 'frozen part 1')],
])('%s', (_, make) => {
  it('gives back what it was given, for this clip and prompt only', async () => {
    const store = make();
    expect(await store.find(clip)).toBeUndefined();
    await store.keep(clip, feature);
    expect(await store.find(clip)).toEqual(feature);
    expect(await store.find({ ...clip, id: 'named otherwise' })).toEqual(feature);
    expect(await store.find({ ...clip, prompt: 'a ball falls' })).toBeUndefined();
    expect(await store.find({ ...clip, path: join(folder, 'none.mp4') })).toBeUndefined();
  });
});

describe.each<[string, () => FeatureStore<Feature>]>([
  ['MemoryStore', () => new MemoryStore()],
  ['DiskStore', () => new DiskStore(cache(), 'frozen part 5')],
])('once of a %s', (_, make) => {
  it('makes what is not there once, whoever asks for it meanwhile, and nothing of what failed', async () => {
    const store = make();
    let made = 0;
    const slowly = async () => {
      made++;
      await new Promise((resolve) => setImmediate(resolve));
      if (made === 1) throw new Error('no memory');
      return feature;
    };
    const failed = await Promise.allSettled([store.once(clip, slowly), store.once(clip, slowly)]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(made).toBe(1);
    const other = { ...clip, prompt: 'a ball falls' };
    const asked = [clip, clip, other].map((one) => store.once(one, slowly));
    expect(await Promise.all(asked)).toEqual([feature, feature, feature]);
    expect(made).toBe(3);
    expect(await store.once(clip, slowly)).toEqual(feature);
    expect(made).toBe(3);
  });
});

describe('DiskStore', () => {
  it('serves a later process, and no other frozen part', async () => {
    await new DiskStore<Feature>(cache(), 'frozen part 2').keep(clip, feature);
    expect(await new DiskStore<Feature>(cache(), 'frozen part 2').find(clip)).toEqual(feature);
    expect(await new DiskStore<Feature>(cache(), 'frozen part 3').find(clip)).toBeUndefined();
  });

  it('keeps nothing of a file that cannot be read', async () => {
    const store = new DiskStore<Feature>(cache(), 'frozen part 4');
    await expect(store.keep({ id: 'b', path: join(folder, 'none.mp4') }, feature)).rejects.toThrow('ENOENT');
  });
});
