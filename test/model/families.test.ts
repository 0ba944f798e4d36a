import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clip } from '../../src/data/clip.js';
import { tf } from '../../src/engine/tf.js';
import { taskPrompts } from '../../src/model/input/prompt.js';
import { load, save } from '../../src/model/load.js';
import { readTensors, writeTensors } from '../../src/model/weights/safetensors.js';
import { makeClips } from '../support/clips.js';
import { describeEngines } from '../support/engines.js';
import { goldenPath } from '../support/goldenFolder.js';
import { describeShared, shared } from '../support/shared.js';

const names = ['internvl3_5-tiny', 'qwen2_vl-tiny', 'qwen2_5_vl-tiny'];
const json = async (path: string) => JSON.parse(await readFile(path, 'utf8'));

let root: string;
let clips: Clip[];
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'families-'));
  clips = await makeClips(root, 2);
});
afterAll(() => rm(root, { recursive: true, force: true }));

await describeEngines('RewardModel of every family', (engine) => {
  describe('from the official checkpoints', () => {
    /** Few, small frames for the families that take as many as there are. */
    const framesOf = (name: string) =>
      name.startsWith('qwen')
        ? { maxFrames: 4, minPixels: 28 ** 2, maxPixels: 8 * 28 ** 2 }
        : { numSegments: 2 };

    it.each(names)('%s scores clips, and is saved to a folder that scores the same', async (name) => {
      const before = tf.memory().numTensors;
      const model = await load(goldenPath('checkpoints', name), { frames: framesOf(name) });
      const scores = await model.score(clips);
      expect(new Set(scores).size).toBe(2);
      const alone = await model.score(clips, { batchSize: 1 });
      expect(alone).toBeAllclose(scores, { rtol: 1e-4 });
      const out = join(root, `${engine}-${name}`);
      await save(model, out);
      const again = await load(out);
      expect(again.config).toEqual(model.config);
      expect(await again.score(clips)).toEqual(scores);
      const [ours, official] = [out, goldenPath('checkpoints', name)].map((folder) =>
        join(folder, 'config.json'),
      );
      const [written, config] = [await json(ours), await json(official)];
      for (const field of [
        'video_token_id',
        'image_token_id',
        'vision_start_token_id',
        'vision_end_token_id',
      ]) {
        expect(written[field]).toEqual(config[field]);
      }
      const processors = (await readdir(goldenPath('checkpoints', name))).filter((file) =>
        /processor/.test(file),
      );
      expect(await readdir(out)).toEqual(expect.arrayContaining(processors));
      model.dispose();
      again.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });

    it.each(names)('%s takes a new, seeded head in place of none', async (name) => {
      const base = join(root, `${engine}-base-${name}`);
      const from = goldenPath('checkpoints', name);
      await cp(from, base, { recursive: true });
      await rm(join(base, 'training_config.json'));
      const stored = await readTensors(join(from, 'model.safetensors'));
      const backbone = [...stored].filter(([key]) => !/^(attention_query|reward_head)/.test(key));
      await writeTensors(join(base, 'model.safetensors'), new Map(backbone as never));
      await expect(load(base)).rejects.toThrow('has no training_config.json');
      const scoreOf = async (seed: number) => {
        const model = await load(base, { head: { seed }, frames: framesOf(name) });
        expect(model.config.layers).toHaveLength(4);
        expect(model.parameters('head')).toHaveLength(25);
        const [score] = await model.score(clips.slice(0, 1));
        model.dispose();
        return score;
      };
      expect(await scoreOf(1)).toBe(await scoreOf(1));
      expect(await scoreOf(1)).not.toBe(await scoreOf(2));
    });

    describeShared('on real clips', () => {
      it('internvl3_5-tiny has the official ids and rewards', async () => {
        const checkpoint = goldenPath('checkpoints', 'internvl3_5-tiny');
        const model = await load(checkpoint);
        const { cases } = await json(join(checkpoint, 'e2e.json'));
        expect(cases.length).toBeGreaterThan(4);
        for (const { clip, task, prompt, input_ids, reward } of cases) {
          const judged = { id: clip, path: shared('data', clip), prompt };
          const input = await model.processor.process(judged, taskPrompts(task));
          expect([...input.inputIds]).toEqual(input_ids);
          // Another build of swscale moves pixels by up to three levels, which random weights amplify.
          expect(await model.rewards([input])).toBeAllclose([reward], { atol: 0.012 });
        }
        model.dispose();
      });
    });

    it('names a setting of frames that the family does not have', async () => {
      const withFrames = (name: string, frames: object) => load(goldenPath('checkpoints', name), { frames });
      await expect(withFrames('qwen2_vl-tiny', { numSegments: 4 })).rejects.toThrow(
        'load: Qwen2-VL has no setting "numSegments" of frames, only fps, minFrames, maxFrames, minPixels',
      );
      await expect(withFrames('internvl3_5-tiny', { fps: 1 })).rejects.toThrow(
        'InternVL3-5 has no setting "fps" of frames, only numSegments, maxNum, centerCropVideo',
      );
    });

    it('reads a tied vocabulary, whether it is stored once or twice', async () => {
      const from = goldenPath('checkpoints', 'qwen2_vl-tiny');
      const tied = join(root, `${engine}-tied`);
      await cp(from, tied, { recursive: true });
      const config = await json(join(from, 'config.json'));
      await writeFile(join(tied, 'config.json'), JSON.stringify({ ...config, tie_word_embeddings: true }));
      const frames = framesOf('qwen');
      const twice = await load(tied, { head: { reduceSequence: 'good_token' }, frames });
      expect(twice.weights.has('lm_head.weight')).toBe(false);
      expect(twice.parameters('all')).toContain('model.embed_tokens.weight');
      const scores = await twice.score(clips);
      const once = join(root, `${engine}-once`);
      await save(twice, once);
      const again = await load(once);
      expect(await again.score(clips)).toEqual(scores);
      twice.dispose();
      again.dispose();
    });
  });
});
