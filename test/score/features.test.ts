import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { merge } from '../../src/cluster/merge.js';
import { plan } from '../../src/cluster/plan.js';
import type { Clip } from '../../src/data/clip.js';
import { FrameCache } from '../../src/data/video/frameCache.js';
import { use } from '../../src/engine/use.js';
import type { ClipInput } from '../../src/model/input/batch.js';
import { save } from '../../src/model/load.js';
import { Features } from '../../src/model/stages/features.js';
import { clips } from '../../src/score/clips.js';
import { scoreShard } from '../../src/score/shard.js';
import { engines } from '../support/engines.js';
import { MadeUpClips, readBy, smallModel } from '../support/smallModel.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'features-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Reads clips by their paths, counts them, and fails at those that are called broken. */
class Counted extends MadeUpClips {
  read: string[] = [];

  override async processMany(all: readonly Clip[], ...rest: [never]) {
    for (const { path } of all) this.read.push(path);
    const named = all.map((clip) => ({ ...clip, id: clip.path.includes('broken') ? 'broken' : clip.path }));
    const { inputs, failures } = await super.processMany(named, ...rest);
    return {
      inputs: inputs as ClipInput[],
      failures: failures.map((failure, i) => ({
        ...failure,
        clip: all.filter(({ path }) => path.includes('broken'))[i],
      })),
    };
  }
}

it('keeps features on disk, shard by shard, which a scoring finds', async () => {
  await use((await engines())[0]);
  const small = await smallModel();
  const reader = new Counted(small.processor.tokens, small.processor.format);
  const model = readBy(small, reader);
  await save(model, join(folder, 'model'));
  const names = ['a', 'b', 'broken', 'c', 'd'];
  const paths = names.map((name) => join(folder, `${name}.mp4`));
  for (const path of paths) await writeFile(path, path);
  const [run, input, cache] = ['run', 'items.json', 'cache'].map((name) => join(folder, name));
  await writeFile(input, JSON.stringify(paths.map((path) => ({ video_path: path, prompt: 'p' }))));
  const trainable = 'head' as const;
  await plan({ run, input, model: join(folder, 'model'), shards: 2, features: { trainable, cache } });
  const load = async () => ({ model, engine: 'native' });
  for (const shard of [0, 1]) await scoreShard({ run, shard, load });

  const merged = await merge(run);
  expect(merged).toMatchObject({ items: 5, made: 4, failed: 1, output: join(run, 'features.jsonl') });
  expect(merged.failures).toEqual([{ reason: 'no video stream', items: 1, first: 2 }]);
  const [line] = (await readFile(merged.output, 'utf8')).split('\n');
  expect(JSON.parse(line)).toEqual({ video_path: paths[0], prompt: 'p', index: 0, features: true });

  const good = paths.filter((path) => !path.includes('broken'));
  expect(reader.read.sort()).toEqual([...paths].sort());
  reader.read = [];
  const wanted = good.map((path, i) => ({ id: `${i}`, path, prompt: 'p' }));
  const features = new Features(trainable, { cache: new FrameCache(cache) });
  expect((await clips(model, wanted, { features })).numRows()).toBe(4);
  expect(reader.read).toEqual([]);
});
