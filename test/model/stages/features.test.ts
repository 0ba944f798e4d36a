import { mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FrameCache } from '../../../src/data/video/frameCache.js';
import { tf } from '../../../src/engine/tf.js';
import { dimensionPrompts } from '../../../src/model/input/prompt.js';
import { Features } from '../../../src/model/stages/features.js';
import { stageOf } from '../../../src/model/stages/stage.js';
import { MadeUpClips, readBy, smallModel } from '../../support/smallModel.js';

const clips = ['pass-1', 'fail-2', 'pass-3'].map((id) => ({ id, path: `${id}.mp4` }));

/** Says which clips were read. */
class WatchedClips extends MadeUpClips {
  readonly read: string[] = [];

  override processMany(...args: Parameters<MadeUpClips['processMany']>) {
    this.read.push(...args[0].map(({ id }) => id));
    return super.processMany(...args);
  }
}

async function countingModel(seed?: number) {
  const small = await smallModel(seed);
  const clips = new WatchedClips(small.processor.tokens, small.processor.format);
  return { model: readBy(small, clips), read: clips.read };
}

describe('Features', () => {
  it.each(['head', 'decoder+head'] as const)(
    'of training "%s" serve every stage of the model',
    async (part) => {
      const { model, read } = await countingModel();
      const features = new Features(part);
      const alone = await stageOf(model, part).score(clips);
      read.length = 0;
      await stageOf(model, part, features).load(clips.slice(0, 2));
      const shared = await stageOf(model, part, features).score(clips);
      expect(read).toEqual(['pass-1', 'fail-2', 'pass-3']);
      expect([...shared.values()]).toBeAllclose([...alone.values()], { rtol: 1e-6 });
      model.dispose();
    },
  );

  it('serve models that differ in the trained part alone', async () => {
    const features = new Features('head');
    const { model, read } = await countingModel();
    await stageOf(model, 'head', features).load(clips);
    read.length = 0;
    for (const name of model.parameters('head')) {
      const weight = model.weights.get(name)!;
      tf.tidy(() => weight.assign(tf.mul(weight, 2)));
    }
    await stageOf(model, 'head', features).load(clips);
    expect(read).toEqual([]);
    model.dispose();
  });

  it('are not those of other frozen weights, or of another question', async () => {
    const features = new Features('head');
    const first = await countingModel();
    await stageOf(first.model, 'head', features).load(clips);

    const other = await countingModel(2);
    const scores = await stageOf(other.model, 'head', features).score(clips);
    expect(other.read).toHaveLength(3);
    expect([...scores.values()]).toBeAllclose(
      [...(await stageOf(other.model, 'head').score(clips)).values()],
      {
        rtol: 1e-6,
      },
    );

    first.read.length = 0;
    Object.assign(first.model.card, { prompts: dimensionPrompts('deformity') });
    await stageOf(first.model, 'head', features).load(clips);
    expect(first.read).toHaveLength(3);
    first.model.dispose();
    other.model.dispose();
  });

  it('tell clips of one id apart by file and prompt', async () => {
    const { model, read } = await countingModel();
    const features = new Features('head');
    for (const clip of [
      { id: 'a', path: 'one.mp4' },
      { id: 'a', path: 'two.mp4' },
      { id: 'a', path: 'two.mp4', prompt: 'a ball falls' },
      { id: 'a', path: 'one.mp4' },
    ]) {
      await stageOf(model, 'head', features).load([clip]);
    }
    expect(read).toHaveLength(3);
    model.dispose();
  });

  describe('with a cache', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'features-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    /** Clips with a file each. */
    const files = () =>
      clips.map(({ id, path }) => {
        writeFileSync(join(folder, path), `the video ${id}`);
        return { id, path: join(folder, path) };
      });
    /** As after a restart. */
    const kept = (part: 'head' | 'decoder+head') =>
      new Features(part, { cache: new FrameCache(join(folder, 'cache')) });

    it.each(['head', 'decoder+head'] as const)('of training "%s" outlive the process', async (part) => {
      const { model, read } = await countingModel();
      const alone = await stageOf(model, part).score(files());
      await stageOf(model, part, kept(part)).load(files());
      read.length = 0;
      const later = await stageOf(model, part, kept(part)).score(files());
      expect(read).toEqual([]);
      expect([...later]).toEqual([...alone]);
      model.dispose();
    });

    it('are of the content of a file, wherever it lies', async () => {
      const { model, read } = await countingModel();
      const [clip] = files();
      const load = () => stageOf(model, 'head', kept('head')).load([clip]);
      await load();
      renameSync(clip.path, join(folder, 'moved.mp4'));
      clip.path = join(folder, 'moved.mp4');
      await load();
      expect(read).toHaveLength(1);
      writeFileSync(clip.path, 'another video');
      await load();
      expect(read).toHaveLength(2);
      model.dispose();
    });

    it('are not those of the other part', async () => {
      const { model, read } = await countingModel();
      await stageOf(model, 'head', kept('head')).load(files());
      await stageOf(model, 'decoder+head', kept('decoder+head')).load(files());
      expect(read).toHaveLength(6);
      model.dispose();
    });

    it('that are damaged are made again', async () => {
      const { model, read } = await countingModel();
      const before = await stageOf(model, 'head', kept('head')).score(files());
      for (const name of readdirSync(join(folder, 'cache'), { recursive: true, encoding: 'utf8' })) {
        const file = join(folder, 'cache', name);
        if (statSync(file).isFile() && name !== 'hashes.txt') writeFileSync(file, 'cut off');
      }
      read.length = 0;
      const after = await stageOf(model, 'head', kept('head')).score(files());
      expect(read).toHaveLength(3);
      expect([...after]).toEqual([...before]);
      model.dispose();
    });

    it('leave it to the reader to report why a clip cannot be read', async () => {
      const { model } = await countingModel();
      const stage = stageOf(model, 'head', kept('head'));
      const broken = { id: 'broken-4', path: join(folder, 'none.mp4') };
      expect([...(await stage.load([...files(), broken])).keys()]).toEqual(['pass-1', 'fail-2', 'pass-3']);
      expect(stage.failures.get('broken-4')?.reason).toBe('no video stream');
      model.dispose();
    });
  });

  it('refuse a part that leaves nothing frozen', () => {
    expect(() => new Features('all' as 'head')).toThrow('expected head or decoder+head, received "all"');
  });
});
