import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Clip } from '../../src/data/clip.js';
import { tf } from '../../src/engine/tf.js';
import { disposeBatch } from '../../src/model/input/batch.js';
import { dimensionPrompts, taskPrompts } from '../../src/model/input/prompt.js';
import { create, load, save } from '../../src/model/load.js';
import { tinyConfig } from '../../src/model/presets.js';
import type { RewardModel } from '../../src/model/rewardModel.js';
import { tinyFolder } from '../../src/model/tiny.js';
import { readTensors } from '../../src/model/weights/safetensors.js';
import { clips as scoreClips } from '../../src/score/clips.js';
import { makeClips } from '../support/clips.js';
import { describeEngines } from '../support/engines.js';
import { goldenBatch } from '../support/goldenBatch.js';
import { tensorsOf } from '../support/goldenClips.js';
import { goldenPath } from '../support/goldenFolder.js';
import { bfloat16Shards, goldenJson } from '../support/goldenModel.js';
import { describeShared, shared } from '../support/shared.js';

const checkpoint = goldenPath('checkpoints', 'internvl3-tiny');
const json = async (path: string) => JSON.parse(await readFile(path, 'utf8'));
type Shape4D = [number, number, number, number];
const card = { prompts: dimensionPrompts('alignment'), dimension: 'alignment' };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'model-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

await describeEngines('RewardModel', () => {
  describe('of the official checkpoint', () => {
    let model: RewardModel;
    let clips: Clip[];
    beforeAll(async () => {
      model = await load(checkpoint, {
        card: { task: 'text_alignment', prompts: taskPrompts('text_alignment') },
      });
      clips = await makeClips(folder, 3);
    });
    afterAll(() => model.dispose());

    it('gives the golden rewards', async () => {
      const batch = goldenBatch();
      const rewards = model.forward(batch);
      const { expected } = await json(join(checkpoint, 'io.json'));
      expect(await rewards.data()).toBeAllclose(expected.reward_scores, { rtol: 1e-4 });
      rewards.dispose();
      disposeBatch(batch);
    });

    it('gives the golden rewards of bf16 weights in shards', async () => {
      const sharded = await mkdtemp(join(folder, 'sharded-'));
      await bfloat16Shards(sharded);
      const other = await load(sharded);
      expect(other.prompts).toEqual(taskPrompts('phy_deform'));
      const batch = goldenBatch();
      const rewards = other.forward(batch);
      const { reward_scores_float32_compute: expected } = goldenJson('bfloat16', 'io.json');
      expect(await rewards.data()).toBeAllclose(expected, { rtol: 1e-4 });
      rewards.dispose();
      disposeBatch(batch);
      other.dispose();
    });

    it('scores clips the same, whatever the batch size', async () => {
      const before = tf.memory().numTensors;
      const together = await model.score(clips, { batchSize: 3 });
      expect(new Set(together).size).toBe(3);
      expect(await model.score(clips, { batchSize: 1 })).toBeAllclose(together, { rtol: 1e-5 });
      expect(tf.memory().numTensors).toBe(before);
    });

    describeShared(
      'on real clips',
      () => {
        const cases: { clip: string; task: string; prompt: string; reward: number }[] = goldenJson(
          'checkpoints',
          'internvl3-tiny',
          'e2e.json',
        ).cases;
        const realClips = (wanted: string) =>
          cases
            .filter(({ task }) => task === wanted)
            .map(({ clip, prompt, reward }) => ({ id: clip, path: shared('data', clip), prompt, reward }));

        it('gives the official rewards of official pixels', async () => {
          const tensors = tensorsOf(shared('golden', 'checkpoints', 'internvl3-tiny', 'e2e.safetensors'));
          const judged = realClips('phy_deform');
          for (const index of [0, 2]) {
            const input = await model.processor.process(judged[index], taskPrompts('phy_deform'));
            const own = model.processor.collate([input]);
            const { data, shape } = tensors[`${index}.pixel_values`];
            const pixelValues = tf.tensor4d(data as Float32Array, shape as Shape4D);
            const rewards = model.forward({ ...own, pixelValues });
            expect(await rewards.data()).toBeAllclose([judged[index].reward], { rtol: 1e-3 });
            tf.dispose([pixelValues, rewards]);
            disposeBatch(own);
          }
        });

        it('scores them as the official code', async () => {
          const judged = realClips('text_alignment');
          const scores = await model.score(judged);
          // Another build of swscale moves pixels by up to three levels, which random weights amplify.
          expect(scores).toBeAllclose(
            judged.map(({ reward }) => reward),
            { atol: 0.012 },
          );
        });
      },
      'golden',
    );

    it('scores the rest of the clips when one is bad, in order', async () => {
      vi.spyOn(console, 'warn').mockReturnValue(undefined);
      const alone = await model.score(clips);
      const bad = { id: 'bad', path: join(folder, 'nowhere.mp4'), prompt: 'x' };
      const list = [clips[0], bad, clips[1], clips[2]];
      const scores = await scoreClips(model, list, { batchSize: 2 });
      expect(scores.array('clip')).toEqual(clips.map(({ id }) => id));
      expect(scores.array('score')).toBeAllclose(alone, { rtol: 1e-5 });
      expect(scores.failures.map(({ clip }) => clip.id)).toEqual(['bad']);
      await expect(model.score(list)).rejects.toThrow(/clip "bad": .*nowhere\.mp4/);
      expect((await scoreClips(model, [bad])).numRows()).toBe(0);
    });

    it('stops between batches', async () => {
      const before = tf.memory().numTensors;
      const controller = new AbortController();
      const done: number[] = [];
      const scoring = model.score(clips, {
        batchSize: 1,
        signal: controller.signal,
        onProgress: (progress) => {
          done.push(progress.done);
          controller.abort(new Error('enough'));
        },
      });
      await expect(scoring).rejects.toThrow('enough');
      expect(done).toEqual([1]);
      expect(tf.memory().numTensors).toBe(before);
      await expect(model.score(clips, { batchSize: 0 })).rejects.toThrow(
        'batchSize to be a positive integer, received 0',
      );
    });

    it('saves what the official code would load, and itself loads again', async () => {
      const out = join(folder, 'saved');
      model.card.scoreMean = 0.5;
      await save(model, out);
      const [saved, original] = await Promise.all(
        [out, checkpoint].map((path) => readTensors(join(path, 'model.safetensors'))),
      );
      expect([...saved.keys()].sort()).toEqual([...original.keys()].sort());
      for (const [name, { dtype, shape, data }] of saved) {
        expect({ name, dtype, shape }).toEqual({ name, dtype: 'F32', shape: original.get(name)!.shape });
        expect(data).toEqual(original.get(name)!.data);
      }
      expect(await readdir(out)).toEqual(
        expect.arrayContaining([
          'added_tokens.json',
          'chat_template.jinja',
          'config.json',
          'merges.txt',
          'tokenizer.json',
        ]),
      );
      const [training, officialTraining] = await Promise.all(
        [out, checkpoint].map((path) => json(join(path, 'training_config.json'))),
      );
      expect(training.internvl_args).toEqual(officialTraining.internvl_args);
      expect(training.model_args.reduce_sequence).toBe(officialTraining.model_args.reduce_sequence);
      expect(training.training_args.bf16).toBe(true);

      const again = await load(out);
      expect([...again.weights.keys()]).toEqual([...model.weights.keys()]);
      expect(again.card).toEqual(model.card);
      expect(again.config).toEqual(model.config);
      expect(await again.score(clips)).toEqual(await model.score(clips));
      again.dispose();
    });

    it('saves half-size weights', async () => {
      const out = join(folder, 'half');
      await save(model, out, { dtype: 'bfloat16' });
      expect((await json(join(out, 'config.json'))).dtype).toBe('bfloat16');
      const again = await load(out);
      expect(await again.score(clips)).toBeAllclose(await model.score(clips), { rtol: 0.05 });
      again.dispose();
    });

    it('puts a new head on a base model', async () => {
      const base = await mkdtemp(join(folder, 'base-'));
      for (const name of ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json']) {
        await copyFile(join(checkpoint, name), join(base, name));
      }
      await expect(load(base)).rejects.toThrow(/base-.* has no training_config\.json.*head: \{\}/);
      const before = tf.memory().numTensors;
      const first = await load(base, { head: { seed: 7 }, card: model.card });
      expect(first.config.layers).toEqual([1, 2, 3, 4]);
      const [score] = await first.score([clips[0]]);
      expect(score).not.toBeCloseTo((await model.score([clips[0]]))[0], 3);
      first.dispose();
      const same = await load(pathToFileURL(base), { head: { seed: 7 }, card: model.card });
      expect(await same.score([clips[0]])).toEqual([score]);
      same.dispose();
      const pooled = await load(base, { head: { reduceSequence: 'meanpool' } });
      expect(pooled.parameters('head')).toEqual([
        'reward_head.0.weight',
        'reward_head.0.bias',
        'reward_head.3.weight',
      ]);
      pooled.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  describe('of its own', () => {
    const tokenizer = tinyFolder();

    it('is made from a seed', async () => {
      const config = tinyConfig(128);
      const before = tf.memory().numTensors;
      const make = (seed: number) => create(config, { seed, tokenizer, card });
      const models = [await make(1), await make(1), await make(2)];
      const query = await Promise.all(
        models.map(async ({ weights }) =>
          Array.from(await weights.get('attention_query_first_layer.query.weight')!.data()),
        ),
      );
      expect(query[0]).toEqual(query[1]);
      expect(query[0]).not.toEqual(query[2]);
      const saved = await mkdtemp(join(folder, 'seeded-'));
      await save(models[0], saved);
      const loaded = await load(saved);
      expect([...loaded.weights.keys()]).toEqual([...models[0].weights.keys()]);
      for (const model of [...models, loaded]) model.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });

    it('shows itself in one line', async () => {
      const model = await create(tinyConfig(128), { tokenizer, card });
      const line = /^reward model of alignment: \d\.\dM parameters, progressive_.* of layers 1, 2, 3, 4$/;
      expect(inspect(model)).toMatch(line);
      const display = Reflect.get(model, Symbol.for('Jupyter.display')) as () => unknown;
      expect(display.call(model)).toEqual({ 'text/plain': String(model) });
      model.dispose();
    });

    it('names the parameters of its parts', async () => {
      const model = await create(tinyConfig(128), { tokenizer, card });
      const [head, decoder, all] = (['head', 'decoder+head', 'all'] as const).map((part) =>
        model.parameters(part),
      );
      expect(head).toHaveLength(25);
      expect(decoder.filter((name) => name.startsWith('language_model.'))).toHaveLength(4 * 12 + 2);
      expect(decoder.filter((name) => !name.startsWith('language_model.'))).toEqual(head);
      expect(all).toHaveLength(model.weights.size - 1);
      expect(all).not.toContain('language_model.lm_head.weight');
      expect(() => model.parameters('vision' as 'all')).toThrow('unknown part "vision"');
      model.dispose();
    });

    it('refuses a tokenizer that is not its own', async () => {
      const before = tf.memory().numTensors;
      await expect(create(tinyConfig(16), { tokenizer, card })).rejects.toThrow(
        /the tokenizer has \d+ tokens, more than the model's 16/,
      );
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  describe('in a damaged folder', () => {
    let broken: string;
    beforeEach(async () => {
      broken = await mkdtemp(join(folder, 'broken-'));
      const model = await create(tinyConfig(128), { tokenizer: tinyFolder(), card });
      await save(model, broken);
      model.dispose();
    });

    it.each([
      ['config.json', '{', /config\.json is not valid JSON/],
      ['model.safetensors', 'no tensors at all', /model\.safetensors/],
      ['tokenizer.json', '[]', /Tokens\.load/],
      ['training_config.json', '{"model_args": {"reduce_sequence": "sum"}}', /reduce_sequence/],
    ])('says so of %s, and leaves no tensor behind', async (name, content, message) => {
      const before = tf.memory().numTensors;
      await writeFile(join(broken, name), content);
      await expect(load(broken)).rejects.toThrow(message);
      await rm(join(broken, name));
      if (name !== 'training_config.json') await expect(load(broken)).rejects.toThrow(broken);
      expect(tf.memory().numTensors).toBe(before);
    });

    it('says so of a parameter that is missing or has another shape', async () => {
      const before = tf.memory().numTensors;
      const config = join(broken, 'config.json');
      const original = await json(config);
      const loadWith = async (llm: object) => {
        await writeFile(
          config,
          JSON.stringify({ ...original, llm_config: { ...original.llm_config, ...llm } }),
        );
        return load(broken);
      };
      await expect(loadWith({ num_hidden_layers: 5 })).rejects.toThrow(
        /lacks the parameter "language_model\.model\.layers\.4\.input_layernorm\.weight"/,
      );
      await expect(loadWith({ vocab_size: 130 })).rejects.toThrow(
        /model\.safetensors: the parameter ".*embed_tokens\.weight" is \[128,96\], expected \[130,96\]/,
      );
      expect(tf.memory().numTensors).toBe(before);
    });
  });
});
